"""Pages about the kinds of therapy, for whoever wants to read before choosing. Nothing is kept about who reads what."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.policy import public
from referrals.presenters import steps
from referrals.presenters.kinds import checked_words, facts_of, first_words
from referrals.presenters.side_steps import GUIDE
from referrals.views.drafts import draft_of
from therapists.selectors import kinds as selector
from therapists.selectors import reference

WHY = "what kinds of therapy are like is for everybody"


@public(WHY)
@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    has_draft = draft_of(request) is not None
    context = {
        "families": [
            {"name": family.name, "description": family.description, "kinds": rows}
            for family, rows in reference.modalities_by_family()
        ],
        "has_draft": has_draft,
        "guide_url": reverse("referrals:guide_begin"),
        "back_url": steps.page(GUIDE.at).url if has_draft else reverse("referrals:start"),
    }
    return render(request, "referrals/kinds.html", context)


@public(WHY)
@require_GET
def kind(request: HttpRequest, pk: int) -> HttpResponse:
    """One kind: what it is like, what it asks of one, how long it takes, what for, and what is known about it."""
    shown = selector.kind(pk)
    if shown is None:
        raise Http404
    context = {
        "kind": shown,
        "facts": facts_of(shown),
        "first": first_words(shown.usual),
        "sources": checked_words(shown),
        "others": [row for row in selector.kinds() if row.family == shown.family and row.id != pk],
        "back_url": _back(request.GET.get("from", "")),
    }
    return render(request, "referrals/kind.html", context)


def _back(origin: str) -> str:
    """Return where she came from: what was found, a person's page, or the list of kinds."""
    if origin in {"found", "people"}:
        return reverse("referrals:guide_found" if origin == "found" else "referrals:matches")
    if origin.isascii() and origin.isdigit() and len(origin) < 19:
        return reverse("referrals:therapist", args=[int(origin)])
    return reverse("referrals:kinds")
