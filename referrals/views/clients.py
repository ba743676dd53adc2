"""The client behind a session that was proved with a code."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.actors import Actor, for_client
from core.policy import CLIENT_SESSION_KEY
from referrals.models import Referral
from referrals.selectors.own import own_referral

View = Callable[..., HttpResponse]


def my_own(view: View) -> View:
    """Hand the session's own referral to the view. Goes under the marker `client_session`."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        referral = own_referral(request.session.get(CLIENT_SESSION_KEY))
        if referral is None:
            request.session.pop(CLIENT_SESSION_KEY, None)
            return redirect("referrals:client_sign_in")
        return view(request, *args, referral=referral, **kwargs)

    return asked


def actor_of(referral: Referral) -> Actor:
    return for_client(referral.client_id)
