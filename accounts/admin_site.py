"""Django's administration behind a second check: the administrator's role, a second factor, and a recent proof."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts import second_factor
from core import clock, policy
from core.choices import Role

CHECKED_AT = "admin_checked_at"


class SecondCheckAdminSite(AdminSite):
    """Anybody but an administrator gets 404. A check holds while somebody works, and for half an hour after."""

    site_header = _("Rapport administration")
    site_title = _("Rapport administration")
    site_url = None
    index_title = _("Reference data")

    def has_permission(self, request: HttpRequest) -> bool:
        return (
            request.user.is_active
            and policy.user_has_role(request, Role.ADMINISTRATOR)
            and second_factor.is_proved(request)
        )

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise Http404
            if not _checked_lately(request):
                return redirect_to_login(request.get_full_path(), resolve_url("account_reauthenticate"))
            return inner(request, *args, **kwargs)

        return checked

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way to sign in, and it asks for a second factor."""
        # Where `next` may lead is checked by the page that follows it.
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or resolve_url("admin:index"))


def _checked_lately(request: HttpRequest) -> bool:
    now = clock.now().timestamp()
    limit = settings.ADMIN_CHECK_SECONDS
    recent = second_factor.seconds_since_proof(request) < limit
    if recent or now - request.session.get(CHECKED_AT, float("-inf")) < limit:
        request.session[CHECKED_AT] = now
        return True
    return False
