"""The client's way back: reference, date of birth, then a code to her safe channel. Whatever is wrong, same words."""

import datetime
import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import crisis, crypto, leave, throttle
from core.policy import CLIENT_SESSION_KEY, client_session, public
from referrals.forms.contact import CodeForm
from referrals.forms.sign_in import SignInForm
from referrals.models import Referral
from referrals.services.sign_in import client_code_check, client_code_send
from referrals.sessions import ALL_KEYS, FRESH_KEY, TYPED_KEY
from referrals.views.sources import source_of

WHY = "reference, date of birth and the code are the key"
BOUND_TO = "session.sign_in"
PER_SOURCE, PER_SECONDS = 30, 900


@leave.open_after_leaving
@public(WHY)
@never_cache
def client_sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _send(request, form.cleaned_data["reference"], form.cleaned_data["born"])
        return redirect("referrals:client_code")
    return render(request, "referrals/sign_in.html", {"form": form, "back_url": reverse("referrals:start")})


@public(WHY)
@never_cache
def client_code(request: HttpRequest) -> HttpResponse:
    """Take the code. Whatever was wrong, reference, date or digits, the words are the same."""
    typed = _typed(request)
    if typed is None:
        return redirect("referrals:client_sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        referral = client_code_check(
            reference=typed["reference"],
            born=datetime.date.fromisoformat(typed["born"]),
            digits=form.cleaned_data["code"],
            code_id=typed["code_id"],
            source=source_of(request),
        )
        if referral is not None:
            _let_in(request, referral)
            return redirect("referrals:my_referral")
        form.add_error(
            "code",
            _("This does not fit together. Check the code, or go back and check your reference and date of birth"),
        )
    return render(
        request, "referrals/sign_in_code.html", {"form": form, "back_url": reverse("referrals:client_sign_in")}
    )


@public(WHY)
@require_POST
def client_code_again(request: HttpRequest) -> HttpResponse:
    typed = _typed(request)
    if typed is None:
        return redirect("referrals:client_sign_in")
    _send(request, typed["reference"], datetime.date.fromisoformat(typed["born"]))
    messages.success(request, _("If what you typed is right, a new code is on its way."))
    return redirect("referrals:client_code")


@client_session("it closes the session it is called in")
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Forget everything in this browser, and lead to the neutral start page."""
    request.session.flush()
    return redirect("referrals:start")


def _send(request: HttpRequest, reference: str, born: datetime.date) -> None:
    source = source_of(request)
    code_id = 0
    if throttle.allow(key=f"sign-in {source}", limit=PER_SOURCE, per_seconds=PER_SECONDS):
        code_id = client_code_send(reference=reference, born=born, source=source)
    # Sealed: a session's row is readable by whoever can read the table.
    text = json.dumps({"reference": reference, "born": born.isoformat(), "code_id": code_id})
    request.session[TYPED_KEY] = crypto.encrypt(text, bound_to=BOUND_TO)


def _typed(request: HttpRequest) -> dict[str, Any] | None:
    try:
        return json.loads(crypto.decrypt(request.session[TYPED_KEY], bound_to=BOUND_TO))
    except (KeyError, crypto.Undecryptable):
        return None


def _let_in(request: HttpRequest, referral: Referral) -> None:
    request.session.cycle_key()
    # Whoever sat here before may have been somebody else: her pages begin with nothing but her referral.
    for key in ALL_KEYS:
        request.session.pop(key, None)
    request.session[CLIENT_SESSION_KEY] = referral.pk
    request.session[FRESH_KEY] = True
    crisis.remember_nation(request, referral.client.nation)
    leave.returned(request)
