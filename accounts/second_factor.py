"""Whether this session was proved by a second factor, and how long ago its owner last proved herself."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from accounts.services.demo import is_demo_session

ADDED_HERE = "second_factor_added"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_set_up(request: HttpRequest) -> bool:
    """Say whether the signed-in person has an app or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=request.user.pk, type__in=FACTORS).exists()


def is_proved(request: HttpRequest) -> bool:
    """Say whether this session may act: it used a second factor, or set one up just now."""
    if is_demo_session(request):
        return True
    records = get_authentication_records(request, request.user)
    if any(record.get("method") == "mfa" for record in records):
        return is_set_up(request)
    # Set up in this very session: another session of the same person, open since before, proved nothing.
    added = request.session.get(ADDED_HERE)
    return (
        Authenticator.objects.filter(pk=added, user_id=request.user.pk, type__in=FACTORS).exists() if added else False
    )


def note_added(request: HttpRequest, authenticator: Authenticator) -> None:
    """Remember that this session's owner has just set the factor up: she need not prove it again at once."""
    if authenticator.type in FACTORS:
        request.session[ADDED_HERE] = authenticator.pk


def seconds_since_proof(request: HttpRequest) -> float:
    """Return how long ago the person last typed a password or used a factor; infinity when never."""
    if is_demo_session(request):
        return 0.0
    records = get_authentication_records(request, request.user)
    return time.time() - max((record["at"] for record in records), default=float("-inf"))
