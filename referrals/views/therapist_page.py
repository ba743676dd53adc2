"""One therapist: who she is, how she works, her terms, before anybody chooses her."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import clock
from core.policy import public
from matching.cards import cards
from matching.services.ranking import why_for
from referrals.answers import MAX_CHOICES
from referrals.presenters.cards import card_lines, reason_lines
from referrals.presenters.people import out_of_reach
from referrals.presenters.profile import facts, terms
from referrals.presenters.talking import talking_points
from referrals.views.drafts import Choosing, with_choosing
from referrals.words import first_name
from therapists.selectors.public import public_profile
from therapists.selectors.standing import standing_for


@public("people choose before they say who they are")
@require_GET
@with_choosing
def therapist(request: HttpRequest, pk: int, draft: Choosing) -> HttpResponse:
    """Show a listed therapist. Anybody else, known or not, gets the same plain page."""
    judged = standing_for([pk], as_of=clock.now()).get(pk)
    was_chosen = any(choice.therapist == pk for choice in draft.answers.choices)
    context = {"listed": False, "was_chosen": was_chosen, "back_url": _back(request, pk)}
    profile = public_profile(pk) if judged is not None and judged.listed else None
    if profile is None:
        if was_chosen:
            draft.save(choices=tuple(c for c in draft.answers.choices if c.therapist != pk))
        return render(request, "referrals/therapist.html", context)
    stated = draft.stated()
    why = why_for(stated, [pk], silent_exclusions=draft.silent).get(pk)
    line = next(iter(card_lines(cards([why.row]), draft.answers)), None) if why and why.row else None
    context |= {
        "listed": True,
        "kinds": [(f"{reverse('referrals:kind', args=[item.id])}?from={pk}", item.name) for item in profile.modalities],
        "talking": talking_points(dict(stated.style), profile.style_values, first_name(profile.name)),
        "name": first_name(profile.name),
        "profile": profile,
        "line": line,
        "reasons": reason_lines(why.row.reasons) if why and why.row else [],
        "failed": _failed(why),
        "facts": facts(profile),
        "terms": terms(profile, draft.answers),
        "chosen": was_chosen,
        "can_choose": line is not None and why is not None and not out_of_reach(why, draft.answers),
        "list_full": len(draft.answers.choices) >= MAX_CHOICES,
    }
    return render(request, "referrals/therapist.html", context)


def _failed(why: object) -> list[str]:
    failed = getattr(why, "failed", ())
    words = getattr(why, "failed_words", ())
    return [] if "not_taking" in failed else [str(text) for text in words]


def _back(request: HttpRequest, pk: int) -> str:
    return f"{reverse('referrals:matches')}#t{pk}"
