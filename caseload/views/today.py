"""Today: what needs her, soonest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from caseload import selectors
from core import clock
from core.actors import Actor
from therapists.access import therapist_page
from therapists.models import Therapist
from therapists.selectors.standing import REASONS, standing


@therapist_page
@require_GET
def today(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Requests with their clocks, first contacts, decisions, and whether people can find her."""
    now = clock.now()
    judged = standing(therapist.pk, as_of=now)
    context = {
        "therapist": therapist,
        "today": selectors.today(actor),
        "standing": judged,
        "reasons": [REASONS[code] for code in judged.reasons],
        "can_reopen": bool({"not_confirmed", "unanswered"} & set(judged.reasons)),
        "now": now,
    }
    return render(request, "caseload/today.html", context)
