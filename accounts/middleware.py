"""What every signed-in session must satisfy: it ends, and who holds a role proves a second factor first."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.services.demo import is_demo_session
from core import clock, policy

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
# How often the session is written only to note that somebody is still there.
NOTE_EVERY_SECONDS = 60
# Foreign pages that lead to a second factor, or out, or hold nothing about anybody.
OPEN_WITHOUT = {
    "account_logout",
    "account_reauthenticate",
    "account_confirm_email",
    "account_email_verification_sent",
}
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SessionLimitsMiddleware:
    """End a staff session after half an hour without a request, and after twelve hours in any case."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session and not is_demo_session(request):
            now = clock.now().timestamp()
            if self._is_over(request, now):
                logout(request)
                messages.info(request, _("You were signed out because it was a while ago. Please sign in again."))
            else:
                self._note(request, now)
        return self.get_response(request)

    def _is_over(self, request: HttpRequest, now: float) -> bool:
        idle = now - request.session.get(SEEN_AT, now)
        whole = now - request.session.get(SIGNED_IN_AT, now)
        return idle > settings.STAFF_IDLE_SECONDS or whole > settings.STAFF_SESSION_SECONDS

    def _note(self, request: HttpRequest, now: float) -> None:
        request.session.setdefault(SIGNED_IN_AT, now)
        if now - request.session.get(SEEN_AT, 0) >= NOTE_EVERY_SECONDS:
            request.session[SEEN_AT] = now


class SecondFactorMiddleware:
    """Nobody who holds a role does anything before a second factor: public pages and its own set-up stay open."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or _is_open(request, view):
            return None
        if not policy.user_roles(request) or second_factor.is_proved(request):
            return None
        if second_factor.is_set_up(request):
            # Signed in by some way that asked for no second factor: only a new sign-in can prove it.
            logout(request)
            return redirect_to_login(request.get_full_path())
        messages.info(request, _("Before you go on, set up a second step for signing in."))
        return redirect("mfa_index")


def _is_open(request: HttpRequest, view: Callable[..., Any]) -> bool:
    marker = policy.marker_of(view)
    if marker is not None:
        return marker.kind != "allow"
    name = (request.resolver_match.view_name if request.resolver_match else "") or ""
    return name.startswith("mfa_") or name in OPEN_WITHOUT
