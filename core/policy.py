"""Who may open a page: every view carries exactly one marker from here, or it is not served.

The markers work on function views, on the result of `as_view()`, on `dispatch` through
`method_decorator(..., name="dispatch")`, and directly on a view class.

Roles are read from `request.user.active_roles()`, a set of names: core stays below accounts, so it knows
the names and not the model.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from core.choices import Role

logger = logging.getLogger(__name__)

ROLES = frozenset(Role.values)
CLIENT_SESSION_KEY = "client_referral_id"
CLIENT_SIGN_IN = "referrals:client_sign_in"

# Views that are not ours and guard themselves. Key: URL namespace or module prefix; value: why that is safe.
FOREIGN_NAMESPACES = {
    "admin": "AdminSite.has_permission and our second check decide; its own views cannot carry a marker",
}
FOREIGN_MODULES = {
    "allauth.": "allauth marks its own public pages with login_not_required; the rest need a signed-in user",
    "django.views.static": "development media only; never routed in production",
    "django.contrib.staticfiles.": "files anybody may fetch",
}

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class PolicyMarker:
    """What a view asks of its caller. kind: "public", "allow" or "client_session"."""

    kind: str
    roles: frozenset[str] = frozenset()
    reason: str = ""


def public(reason: str) -> Callable[[View], View]:
    """Let anybody open the view. The reason is read by the guard tests and by reviewers."""
    _require_reason(reason)

    def mark(view: View) -> View:
        if isinstance(view, type):
            return cast(View, _mark_class(view, public(reason)))
        return _stamp(view, PolicyMarker("public", reason=reason), login_required=False)

    return mark


def allow(*roles: str) -> Callable[[View], View]:
    """Ask for a signed-in user who holds one of the roles today; anyone else gets 404, never 403.

    Raises ValueError at import for an unknown role, so that a misspelt one cannot shut or open a page.
    """
    unknown = set(roles) - ROLES
    if unknown or not roles:
        raise ValueError(f"allow() needs known roles, not {sorted(unknown) or 'nothing'}")

    def mark(view: View) -> View:
        if isinstance(view, type):
            return cast(View, _mark_class(view, allow(*roles)))

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not user_has_role(request, *roles):
                logger.warning("policy: user %s lacks a role for %s", request.user.pk, _view_name(request))
                raise Http404
            return cast(HttpResponseBase, view(request, *args, **kwargs))

        marker = PolicyMarker("allow", roles=frozenset(roles))
        return _stamp(checked, marker, login_required=True)  # type: ignore[return-value]

    return mark


def client_session(reason: str) -> Callable[[View], View]:
    """Ask for a client who proved herself in this session; without one, go to the client's sign-in page."""
    _require_reason(reason)

    def mark(view: View) -> View:
        if isinstance(view, type):
            return cast(View, _mark_class(view, client_session(reason)))

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.session.get(CLIENT_SESSION_KEY):
                return redirect(CLIENT_SIGN_IN)
            return cast(HttpResponseBase, view(request, *args, **kwargs))

        marker = PolicyMarker("client_session", reason=reason)
        return _stamp(checked, marker, login_required=False)  # type: ignore[return-value]

    return mark


def user_roles(request: HttpRequest) -> frozenset[str]:
    """Return the roles the caller holds today; empty for a visitor. Asked of the user once per request."""
    known: tuple[Any, frozenset[str]] | None = getattr(request, "_policy_roles", None)
    if known is not None and known[0] == request.user.pk:
        return known[1]
    roles: frozenset[str] = frozenset()
    if request.user.is_authenticated:
        roles = frozenset(request.user.active_roles())
    request._policy_roles = (request.user.pk, roles)  # type: ignore[attr-defined]
    return roles


def user_has_role(request: HttpRequest, *roles: str) -> bool:
    """Say whether the caller holds at least one of the roles today."""
    return bool(user_roles(request) & set(roles))


def marker_of(view: Callable[..., Any]) -> PolicyMarker | None:
    """Return the view's marker, or None when it has none."""
    return getattr(view, "policy_marker", None)


def foreign_reason(view: Callable[..., Any], namespaces: list[str]) -> str | None:
    """Return why a view that is not ours may be served without a marker, or None."""
    for namespace in namespaces:
        if namespace in FOREIGN_NAMESPACES:
            return FOREIGN_NAMESPACES[namespace]
    module = getattr(view, "__module__", "") or ""
    for prefix, reason in FOREIGN_MODULES.items():
        if module.startswith(prefix):
            return reason
    return None


def _view_name(request: HttpRequest) -> str:
    # The route's name, never the path: a path may hold an opaque id.
    return request.resolver_match.view_name if request.resolver_match else "a view"


def _require_reason(reason: str) -> None:
    if not isinstance(reason, str) or not reason.strip():
        raise ValueError("the marker needs a reason in words")


def _stamp(view: View, marker: PolicyMarker, *, login_required: bool) -> View:
    if marker_of(view) not in (None, marker):
        raise ValueError(f"{view!r} already carries a marker")
    view.policy_marker = marker  # type: ignore[attr-defined]
    view.login_required = login_required  # type: ignore[attr-defined]
    return view


def _mark_class(cls: type, decorator: Callable[[Any], Any]) -> Any:
    # as_view() copies dispatch's attributes to the view, and subclasses may be marked anew: an inherited
    # dispatch carries its parent's marker, so wrap a plain call to it instead.
    def dispatch(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        inherited: Any = super(cls, self)
        return cast(HttpResponseBase, inherited.dispatch(request, *args, **kwargs))

    if "dispatch" not in cls.__dict__:
        cls.dispatch = dispatch  # type: ignore[attr-defined]
    return method_decorator(decorator, name="dispatch")(cls)
