"""A request: somebody asks for her. What she sees grows with each step, and ends with a no."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caseload import selectors
from caseload.forms import DeclineForm
from caseload.views.attempt import attempt
from core.actors import Actor
from core.forms import posted
from referrals.models import Offer
from referrals.presenters.talking import wish_words
from referrals.selectors.scope import offers_visible_to
from referrals.selectors.summary import conflict_details, request_summary
from referrals.services import requests as services
from therapists.access import therapist_page
from therapists.models import Therapist


@therapist_page
@require_http_methods(["GET"])
def request_page(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """The summary without a name; after "I could take this" what the conflict check needs."""
    offer = offers_visible_to(actor).filter(pk=pk).first()
    if offer is None:
        return _over(request, actor, pk)
    services.request_seen(offer=offer, actor=actor)
    summary = request_summary(offer)
    context = {
        "offer": offer,
        "summary": summary,
        "money": selectors.money_words(summary),
        "reasons": selectors.fit_reasons(offer.referral, offer.therapist_id),
        "style": [wish_words(scale, side) for scale, side in summary.style],
    }
    if offer.interested_at is not None:
        context["person"] = conflict_details(offer, actor=actor)
    return render(request, "caseload/request.html", context)


@therapist_page
@require_POST
def interest(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """I could take this."""
    offer = _offer(actor, pk)
    _attempt(request, lambda: services.request_interest(offer=offer, actor=actor))
    return redirect("caseload:request", pk)


@therapist_page
@require_POST
def offer_meeting(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Offer a first meeting. Sent twice, it leads to the same person."""
    offer = _offer(actor, pk)
    if offer.state == Offer.State.OPEN and _attempt(
        request, lambda: services.request_offer_meeting(offer=offer, actor=actor)
    ):
        messages.success(request, _("Thank you. We have told them you said yes. Here is how to reach them."))
    return redirect("caseload:request", pk)


@therapist_page
@require_POST
def known(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """I know this person or someone close: no detail, never counted."""
    offer = _offer(actor, pk)
    if _attempt(request, lambda: services.request_known_person(offer=offer, actor=actor)):
        messages.success(request, _("Thank you. We ask nothing more, and this is never counted."))
    return redirect("caseload:today")


@therapist_page
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Say no, with a coded reason."""
    offer = _offer(actor, pk)
    if offer.state != Offer.State.OPEN:
        return redirect("caseload:request", pk)
    form = DeclineForm(posted(request))
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if _attempt(request, lambda: services.request_decline(offer=offer, code=code, actor=actor)):
            messages.success(request, _("Thank you for answering. We have told them kindly and moved on for them."))
        return redirect("caseload:today")
    return render(request, "caseload/decline.html", {"offer": offer, "form": form})


def _offer(actor: Actor, pk: int) -> Offer:
    return get_object_or_404(selectors.requests_of(actor), pk=pk)


def _over(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A request that does not wait any more: on to the person after a yes, otherwise how it ended."""
    offer = _offer(actor, pk)
    if offer.state == Offer.State.ACCEPTED and (placement := selectors.placement_of(actor, offer)):
        return redirect("caseload:placement", placement.pk)
    return render(request, "caseload/request_over.html", {"offer": offer})


def _attempt(request: HttpRequest, act: Callable[[], object]) -> bool:
    overtaken = _("This request has changed in the meantime. Here is how it is now.")
    return attempt(request, act, overtaken=overtaken)
