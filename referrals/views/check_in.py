"""How is it going while you wait? Help first, one question, and after it only what the answer asks for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.forms import posted
from core.policy import client_session
from referrals import list_words
from referrals.errors import NotAllowed, Refused
from referrals.forms.check_in import CALL, CHANGED, STOP, WORSE, CheckInForm
from referrals.models import CheckIn, Referral
from referrals.selectors.alternatives import others_with_a_place
from referrals.selectors.check_ins import open_check_in
from referrals.selectors.safety import first_question
from referrals.services.check_ins import check_in_answer
from referrals.views.clients import actor_of, my_own

HERS = "it is her own referral, proved by a code"
AFTER = {CHANGED: "check_in_changed", WORSE: "check_in_worse", STOP: "stop"}


@client_session(HERS)
@never_cache
@my_own
def check_in(request: HttpRequest, referral: Referral) -> HttpResponse:
    asked = open_check_in(referral)
    if asked is None:
        return redirect("referrals:my_referral")
    form = CheckInForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _answered(request, referral, asked, form.cleaned_data["answer"])
    context = {
        "form": form,
        "nation": referral.client.nation,
        "others_words": list_words.others_now(others_with_a_place(referral)),
        "back_url": reverse("referrals:my_referral"),
    }
    return render(request, "referrals/check_in.html", context)


def _answered(request: HttpRequest, referral: Referral, asked: CheckIn, answer: str) -> HttpResponse:
    number = bool(referral.client.phone)
    try:
        check_in_answer(
            check_in=asked,
            still_wants=answer != STOP,
            changed=answer in (CHANGED, WORSE),
            wants_call=answer == CALL,
            actor=actor_of(referral),
        )
    except (Refused, NotAllowed):
        messages.info(request, _("Things have changed in the meantime. Here is what happens now."))
        return redirect("referrals:my_referral")
    if answer == CALL and not number:
        return redirect("referrals:my_number")
    if answer not in AFTER:
        messages.success(request, _("Thank you for telling us. You keep your place."))
    return redirect(f"referrals:{AFTER.get(answer, 'my_referral')}")


@client_session(HERS)
@never_cache
@require_GET
@my_own
def check_in_changed(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Something has changed: everything that can be changed by a press, and a person for the rest."""
    context = {"referral": referral, "back_url": reverse("referrals:my_referral")}
    return render(request, "referrals/check_in_changed.html", context)


@client_session(HERS)
@never_cache
@require_GET
@my_own
def check_in_worse(request: HttpRequest, referral: Referral) -> HttpResponse:
    """She feels worse: help at once, then the questions about safety, or a number to call."""
    question = first_question(referral)
    context = {
        "nation": referral.client.nation,
        "questions_url": reverse("referrals:safety_question", args=[question]) if question else "",
        "back_url": reverse("referrals:my_referral"),
    }
    return render(request, "referrals/check_in_worse.html", context)
