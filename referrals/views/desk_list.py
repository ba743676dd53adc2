"""Why this list: what somebody chose from, why in this order, and whether it would come out the same again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.actors import for_request
from core.policy import allow
from referrals.presenters.cards import reason_lines, wait_then
from referrals.selectors.chosen_from import list_repeated
from referrals.selectors.scope import referrals_visible_to


@allow("coordinator")
@require_GET
def why(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    actor = for_request(request)
    referral = get_object_or_404(referrals_visible_to(actor), pk=pk)
    found = list_repeated(referral, run, actor=actor)
    if found is None:
        raise Http404
    repeat, ranks = found.repeat, {choice.therapist_id: choice.rank for choice in found.choices}
    shown = {line.therapist_id for line in repeat.lines}
    context = {
        "referral": referral,
        "repeat": repeat,
        "run": repeat.run,
        "rows": [
            {
                "place": place,
                "line": line,
                "wait": wait_then(line.wait_weeks),
                "reasons": reason_lines(line.reasons),
                "chosen": ranks.get(line.therapist_id),
            }
            for place, line in enumerate(repeat.lines, start=repeat.run.offset + 1)
        ],
        "further_down": [choice.therapist for choice in found.choices if choice.therapist_id not in shown],
    }
    return render(request, "desk/list.html", context)
