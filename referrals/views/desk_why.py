"""Why was this person offered a place before that one? From the log, in plain words."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.actors import for_request
from core.actors import Actor
from core.policy import allow
from referrals.models import WaitingListEntry
from referrals.presenters.why_before import why_lines
from referrals.selectors.desk_offers import offers_visible_to_desk
from referrals.selectors.why_before import entry_for_why, others_on, why_before, why_offer


@allow("coordinator")
@require_GET
def why(request: HttpRequest) -> HttpResponse:
    """Ask with one entry (`a`) and choose whom to compare with (`b`), or read the answer for both."""
    actor = for_request(request)
    if "a" not in request.GET:
        return redirect("referrals:desk_lists")
    a = _entry(actor, request.GET.get("a"))
    if a is None:
        raise Http404
    b = _entry(actor, request.GET.get("b"))
    if b is not None and (b.therapist_id != a.therapist_id or b.pk == a.pk):
        raise Http404
    context: dict[str, Any] = {"a": a, "b": b, "others": others_on(actor, a)}
    found = why_before(a, b, actor=actor)
    if found is not None:
        context |= {"why": found, "lines": why_lines(found)}
    return render(request, "desk/why.html", context)


@allow("coordinator")
@require_GET
def offer_why(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this place was offered to her."""
    actor = for_request(request)
    offer = get_object_or_404(offers_visible_to_desk(actor), pk=pk)
    a = entry_for_why(actor, offer.entry_id or 0)
    if a is None:
        raise Http404
    context: dict[str, Any] = {"a": a, "b": None, "others": others_on(actor, a)}
    found = why_offer(offer, actor=actor)
    if found is not None:
        context |= {"why": found, "lines": why_lines(found)}
    return render(request, "desk/why.html", context)


def _entry(actor: Actor, text: str | None) -> WaitingListEntry | None:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    return entry_for_why(actor, int(text))
