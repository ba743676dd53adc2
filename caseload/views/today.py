"""Today: what needs her, soonest first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from caseload import selectors
from caseload.services.tasks import task_tick_off
from core import clock, worklist
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
    found = selectors.today(actor)
    context = {
        "therapist": therapist,
        "today": found,
        "tasks": [{"task": row, "kind": worklist.kind_of(row), "link": worklist.link_of(row)} for row in found.tasks],
        "standing": judged,
        "reasons": [REASONS[code] for code in judged.reasons],
        "can_reopen": bool({"not_confirmed", "unanswered"} & set(judged.reasons)),
        "now": now,
    }
    return render(request, "caseload/today.html", context)


@therapist_page
@require_POST
def task_done(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Tick off a task of hers. Sent twice, it is ticked off once."""
    task = selectors.own_tasks(actor).filter(pk=pk).first()
    if task is not None:
        task_tick_off(task=task, actor=actor)
        messages.success(request, _("Done."))
    return redirect("caseload:today")
