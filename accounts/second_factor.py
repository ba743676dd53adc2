"""Whether this session was proved by a second factor, and how long ago its owner last proved herself."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from accounts.services.demo import is_demo_session

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
    if not records:
        return False
    first = min(record["at"] for record in records)
    added = Authenticator.objects.filter(user_id=request.user.pk, type__in=FACTORS).values_list("created_at", flat=True)
    return any(moment.timestamp() >= first for moment in added)


def seconds_since_proof(request: HttpRequest) -> float:
    """Return how long ago the person last typed a password or used a factor; infinity when never."""
    if is_demo_session(request):
        return 0.0
    records = get_authentication_records(request, request.user)
    return time.time() - max((record["at"] for record in records), default=float("-inf"))
