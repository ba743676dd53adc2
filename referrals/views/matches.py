"""The matches page: who fits and why, and the small acts on it. Every act is a POST and works without a script."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.policy import public
from matching.cards import cards_and_names
from matching.services.exposure import exposure_note
from matching.services.ranking import rank_now
from referrals.answers import MAX_CHOICES, Answers
from referrals.presenters import said, steps
from referrals.presenters.cards import card_lines
from referrals.presenters.listing import SORTS, address, page_of, sort_of
from referrals.presenters.relaxing import relaxed
from referrals.presenters.warnings import warnings
from referrals.presenters.widening import heading, widening
from referrals.views.drafts import VISITOR, Choosing, Draft, with_choosing, with_draft_after

PER_PAGE = 20
WHY = "people choose before they say who they are"


@public(WHY)
@require_GET
@with_choosing
def matches(request: HttpRequest, draft: Choosing) -> HttpResponse:
    stated = draft.stated()
    editing = not isinstance(draft, Draft)
    sort = sort_of(request.GET.get("sort", ""))
    page = page_of(request.GET.get("page", ""))
    ranking = rank_now(
        stated,
        seed=draft.seed,
        silent_exclusions=draft.silent,
        limit=PER_PAGE,
        offset=(page - 1) * PER_PAGE,
        order=sort,
    )
    pages = max(1, -(-ranking.eligible // PER_PAGE))
    if page > pages:
        return redirect(address(sort, pages))
    chosen = [choice.therapist for choice in draft.answers.choices]
    shown, names = cards_and_names(ranking.rows, chosen)
    lines = card_lines(shown, draft.answers, answer=False)
    context = {
        "heading": heading(ranking.eligible),
        "total": ranking.eligible,
        "cards": lines,
        "editing": editing,
        "widen": None if editing else widening(ranking.widen, draft.answers),
        "asked": [] if editing else _asked(draft.answers),
        "warnings": [] if editing else warnings(draft.answers, stated, ranking.unknown),
        "sorts": SORTS,
        "sort": sort,
        "start_index": (page - 1) * PER_PAGE + 1,
        "page": page,
        "pages": pages,
        "previous_url": address(sort, page - 1) if page > 1 else "",
        "next_url": address(sort, page + 1) if page < pages else "",
        "here": f"{sort}-{page}",
        "list_full": len(draft.answers.choices) >= MAX_CHOICES,
        "chosen": [{"id": pk, "name": names[pk]} for pk in chosen if pk in names],
        "back_url": reverse("referrals:choices") if editing else _back(draft.data),
    }
    page_shown = render(request, "referrals/matches.html", context)
    if not request.user.is_authenticated:
        # A client's view. Staff who look at the client's pages are nobody's chance.
        exposure_note(ranking=ranking, seed=draft.seed, actor=VISITOR)
    return page_shown


@public(WHY)
@require_POST
@with_draft_after("matches")
def relax(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Ease one or two needs to wishes. The answers change, so "Change" shows it and can put it back."""
    rules = request.POST.getlist("rule")[:2]
    changes = relaxed(draft.answers, rules)
    if changes:
        draft.save(**changes)
        messages.success(request, _("Done. You can change it back under “What you asked for”."))
    return redirect("referrals:matches")


def _back(data: dict[str, Any]) -> str:
    before = steps.before("matches", data)
    return before.url if before else reverse("referrals:start")


def _asked(answers: Answers) -> list[dict[str, str]]:
    rows = [*said.about_you(answers), *said.wishes(answers), *said.needs(answers)[:3]]
    return [
        {
            "label": row.label,
            "value": "; ".join(row.lines),
            "strength": row.strength,
            "url": f"{steps.page(row.slug).url}?change=matches",
        }
        for row in rows
    ]
