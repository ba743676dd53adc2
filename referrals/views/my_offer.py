"""A place that is offered to her: to look at, and three answers. Looking answers nothing; a link in a message leads
here at most, so that whoever follows links by machine says nothing for her.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.actors import Actor
from core.policy import client_session
from referrals import clocks, list_words, words
from referrals.errors import NotAllowed, NotListed, PlaceGone, Refused
from referrals.models import Offer, Referral
from referrals.presenters.offered import offer_page
from referrals.selectors.lists import last_offered_place
from referrals.selectors.waiting_lists import own_place
from referrals.services.offers import offer_accept, offer_keep_place, offer_late_yes, offer_stop
from referrals.views.clients import actor_of, my_own
from referrals.words import first_name

HERS = "it is her own referral, proved by a code"
Answer = Callable[[Offer, Actor], object]


def _accept(offer: Offer, actor: Actor) -> None:
    offer_accept(offer=offer, actor=actor)


def _keep(offer: Offer, actor: Actor) -> None:
    offer_keep_place(offer=offer, actor=actor)


def _stop(offer: Offer, actor: Actor) -> None:
    offer_stop(offer=offer, actor=actor)


ANSWERS: dict[str, Answer] = {"accept": _accept, "keep": _keep, "stop": _stop}


@client_session(HERS)
@never_cache
@require_GET
@my_own
def my_offer(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Show the place and what she can answer; if it is over, what became of it and what she can still say."""
    offer = last_offered_place(referral)
    if offer is None or offer.state in (Offer.State.ACCEPTED, Offer.State.DECLINED):
        return redirect("referrals:my_referral")
    context = {"page": offer_page(offer, referral), "back_url": reverse("referrals:my_referral")}
    return render(request, "referrals/my_offer.html", context)


@client_session(HERS)
@never_cache
@require_GET
@my_own
def my_offer_stop(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Ask once before she stops waiting for somebody who could see her now."""
    offer = last_offered_place(referral)
    page = offer_page(offer, referral) if offer is not None else None
    if offer is None or page is None or not page.open:
        return redirect("referrals:my_offer")
    until = clocks.leave_undo_until(clock.now())
    context = {"page": page, "until": until, "back_url": reverse("referrals:my_offer")}
    return render(request, "referrals/my_offer_stop.html", context)


@client_session(HERS)
@require_POST
@my_own
def my_offer_answer(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Take one of three answers about the very place she was shown, and no other."""
    act = ANSWERS.get(request.POST.get("answer", ""))
    offer = own_place(referral, request.POST.get("offer", ""))
    if act is None or offer is None:
        raise Http404
    name = first_name(offer.therapist.display_name)
    try:
        act(offer, actor_of(referral))
    except NotListed:
        messages.info(request, words.unlisted(name))
        return redirect("referrals:my_offer")
    except (PlaceGone, NotAllowed):
        return redirect("referrals:my_offer")
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("referrals:my_offer")
    messages.success(request, _said(request.POST["answer"], name))
    return redirect("referrals:my_referral")


@client_session(HERS)
@require_POST
@my_own
def my_offer_late(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Yes, I still want a place: said after the time was over."""
    offer = own_place(referral, request.POST.get("offer", ""))
    if offer is None:
        raise Http404
    try:
        offer_late_yes(offer=offer, actor=actor_of(referral))
    except (Refused, NotAllowed):
        messages.info(request, _("Things have changed in the meantime. Here is what happens now."))
        return redirect("referrals:my_referral")
    messages.success(request, list_words.still_wanted(first_name(offer.therapist.display_name)))
    return redirect("referrals:my_referral")


def _said(answer: str, name: str) -> str:
    if answer == "accept":
        return _("Thank you. We have told %(name)s.") % {"name": name}
    return list_words.kept(name) if answer == "keep" else list_words.left(name)
