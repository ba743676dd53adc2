"""Why this list: what somebody chose from, why in this order, and whether it would come out the same again."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.actors import for_request
from core.policy import allow
from matching.selectors.runs import Line
from referrals.presenters.cards import reason_lines
from referrals.selectors.lists import list_repeated
from referrals.selectors.scope import referrals_visible_to


@allow("coordinator")
@require_GET
def why(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    actor = for_request(request)
    referral = get_object_or_404(referrals_visible_to(actor), pk=pk)
    repeat = list_repeated(referral, run, actor=actor)
    if repeat is None:
        raise Http404
    context = {
        "referral": referral,
        "repeat": repeat,
        "run": repeat.run,
        "rows": [_row(place, line) for place, line in enumerate(repeat.lines, start=repeat.run.offset + 1)],
    }
    return render(request, "desk/list.html", context)


def _row(place: int, line: Line) -> dict[str, Any]:
    return {"place": place, "line": line, "reasons": reason_lines(line.reasons)}
