"""Her waiting lists: leave one and take that back, wait for somebody else, ask somebody who has a place now."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock
from core.policy import client_session
from referrals import clocks, list_words
from referrals.errors import NotAllowed, Refused
from referrals.models import Referral
from referrals.selectors.waiting_lists import own_entry
from referrals.services.joining import list_join, list_leave, list_leave_undo
from referrals.services.walk import referral_rewalk
from referrals.views.clients import actor_of, my_own
from referrals.words import first_name

HERS = "it is her own referral, proved by a code"


@client_session(HERS)
@never_cache
@my_own
def my_list_leave(request: HttpRequest, pk: int, referral: Referral) -> HttpResponse:
    """Ask once before a list is left, and say how long that can be undone."""
    entry = own_entry(referral, pk)
    if entry is None:
        raise Http404
    name = first_name(entry.therapist.display_name)
    if entry.state == entry.State.OFFERED:
        return redirect("referrals:my_offer_stop")
    if entry.state not in entry.LIVE:
        return redirect("referrals:my_referral")
    if request.method == "POST":
        try:
            list_leave(entry=entry, actor=actor_of(referral))
        except (Refused, NotAllowed):
            return _changed(request)
        messages.success(request, list_words.left(name))
        return redirect("referrals:my_referral")
    until = clocks.leave_undo_until(clock.now())
    context = {"name": name, "until": until, "back_url": reverse("referrals:my_referral")}
    return render(request, "referrals/my_list_leave.html", context)


@client_session(HERS)
@require_POST
@my_own
def my_list_undo(request: HttpRequest, pk: int, referral: Referral) -> HttpResponse:
    entry = own_entry(referral, pk)
    if entry is None:
        raise Http404
    try:
        list_leave_undo(entry=entry, actor=actor_of(referral))
    except (Refused, NotAllowed):
        return _changed(request)
    messages.success(request, list_words.back_on([first_name(entry.therapist.display_name)]))
    return redirect("referrals:my_referral")


@client_session(HERS)
@require_POST
@my_own
def my_list_wait(request: HttpRequest, pk: int, referral: Referral) -> HttpResponse:
    """Wait for somebody on her list who is full. `pk` is the therapist's."""
    try:
        list_join(referral=referral, therapist_id=pk, actor=actor_of(referral))
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("referrals:my_referral")
    except NotAllowed:
        return _changed(request)
    messages.success(request, _("Thank you. We ask if you can wait there, and tell you the answer."))
    return redirect("referrals:my_referral")


@client_session(HERS)
@require_POST
@my_own
def ask_now(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Somebody further down her list has a place: ask now. The lists she is on higher up stay."""
    try:
        referral_rewalk(referral=referral, actor=actor_of(referral))
    except (Refused, NotAllowed):
        return _changed(request)
    return redirect("referrals:my_referral")


def _changed(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Things have changed in the meantime. Here is what happens now."))
    return redirect("referrals:my_referral")
