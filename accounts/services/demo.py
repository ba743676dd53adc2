"""Signing in as one of the demonstration's cast, whose second factor nobody holds."""

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.demo import CAST
from accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SESSION_KEY = "demo_sign_in"


def session_start_for_demo(*, request: HttpRequest, user: User) -> None:
    """Sign the browser in as `user`. Raises PermissionDenied unless local pages are on and the user is of the cast."""
    if not settings.LOCAL_PAGES or user.email not in {member.email for member in CAST}:
        raise PermissionDenied
    login(request, user, backend=BACKEND)
    request.session[SESSION_KEY] = True


def is_demo_session(request: HttpRequest) -> bool:
    """Tell whether this session was started for the demonstration: it then counts as proved by a second factor.

    Under settings without local pages the answer is no, whatever the session says.
    """
    return bool(settings.LOCAL_PAGES and request.session.get(SESSION_KEY))
