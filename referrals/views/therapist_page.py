"""One therapist: who she is, how she works, her terms, before anybody chooses her."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import clock
from core.policy import public
from matching.cards import cards
from matching.services.ranking import rank_now, why_for
from referrals.answers import MAX_CHOICES
from referrals.presenters.cards import card_lines, reason_lines
from referrals.presenters.people import out_of_reach
from referrals.presenters.profile import facts, kinds_offered, terms
from referrals.presenters.talking import talking_points
from referrals.presenters.waiting import no_place_lines, own_entries
from referrals.presenters.why_not import why_not
from referrals.selectors.own import asked_now
from referrals.views.drafts import Choosing, Draft, ListEdit, with_choosing
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
    # Whoever must not meet her here reads as somebody who is not listed, to the last letter.
    shown = judged is not None and judged.listed and pk not in draft.silent
    profile = public_profile(pk) if shown else None
    if profile is None:
        if was_chosen:
            draft.save(choices=tuple(c for c in draft.answers.choices if c.therapist != pk))
        return render(request, "referrals/therapist.html", context)
    stated = draft.stated()
    why = why_for(stated, [pk], silent_exclusions=draft.silent).get(pk)
    ranking = rank_now(stated, seed=draft.seed, silent_exclusions=draft.silent)
    line = next(iter(card_lines(cards([why.row]), draft.answers)), None) if why and why.row else None
    name = first_name(profile.name)
    place = _own_place(draft, pk, name)
    context |= {
        "listed": True,
        "kinds": kinds_offered(profile, pk),
        "talking": talking_points(dict(stated.style), profile.style_values, name),
        "name": name,
        "profile": profile,
        "line": line,
        "no_place": place or ([] if line else no_place_lines(name=name, asked=False, found=None)),
        "reasons": reason_lines(why.row.reasons) if why and why.row else [],
        "why_not": why_not(why, ranking, stated, can_change=isinstance(draft, Draft)) if why else None,
        "facts": facts(profile),
        "terms": terms(profile, draft.answers),
        "chosen": was_chosen,
        "can_choose": line is not None and why is not None and not out_of_reach(why, draft.answers),
        "list_full": len(draft.answers.choices) >= MAX_CHOICES,
    }
    return render(request, "referrals/therapist.html", context)


def _own_place(draft: Choosing, pk: int, name: str) -> list[str]:
    """Return what this client has with her already: a request, or a place on her list; nothing for anybody else."""
    if not isinstance(draft, ListEdit):
        return []
    asked, found = asked_now(draft.referral) == pk, own_entries(draft.referral).get(pk)
    return no_place_lines(name=name, asked=asked, found=found) if asked or found else []


def _back(request: HttpRequest, pk: int) -> str:
    if request.GET.get("from") == "find":
        return reverse("referrals:find")
    return f"{reverse('referrals:matches')}#t{pk}"
