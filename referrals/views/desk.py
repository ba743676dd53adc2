"""The desk: what waits for a coordinator or safety clinician, soonest first."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actors import for_request
from core import clock, worklist
from core.actors import Actor
from core.forms import posted
from core.models import Task
from core.policy import allow
from referrals.forms.desk import CloseCallForm, CloseTaskForm, FindForm
from referrals.selectors import desk as selectors
from referrals.selectors.desk_offers import counts
from referrals.selectors.merging import pairs_of
from referrals.selectors.safety_case import SafetyCase, safety_case
from referrals.services.coordination import call_finish
from referrals.transitions import NotAllowed
from referrals.views.desk_links import facts, task_link

STAFF = ("coordinator", "safety_clinician")
DESK = (*STAFF, "administrator")


@allow(*DESK)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The worklist, with the figures above it."""
    actor, now = for_request(request), clock.now()
    page = Paginator(worklist.tasks_for(actor), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "tasks": [_shown(task) for task in page],
        "figures": selectors.figures(actor, now=now) if actor.holds(*STAFF) else None,
        "coordinates": actor.holds("coordinator"),
        "lists": counts(actor, now=now),
        "now": now,
    }
    return render(request, "desk/desk.html", context)


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what to do, by when, and how it ended. A safety task shows the answers to a safety clinician only."""
    actor = for_request(request)
    if request.method == "POST" and selectors.closed_by(actor, pk):
        return redirect("referrals:desk")
    row = get_object_or_404(worklist.tasks_visible_to(actor), pk=pk)
    needs_next = selectors.needs_next(row)
    form = CloseCallForm(posted(request)) if needs_next else CloseTaskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        finish = call_finish if needs_next else worklist.task_close
        try:
            finish(task=row, actor=actor, **form.cleaned_data)
        except (worklist.NotOpen, worklist.NotYours):
            messages.info(request, _("Somebody else has dealt with this in the meantime."))
        except NotAllowed:
            messages.info(request, _("The referral has moved on in the meantime. Look again, then close the task."))
            return redirect("referrals:desk_task", pk)
        else:
            messages.success(request, _("The task is closed."))
        return redirect("referrals:desk")
    context = _shown(row) | {"form": form, "now": clock.now(), "safety": _safety(row, actor)}
    context |= {"facts": facts(row), "number_missing": selectors.number_missing(row)}
    context |= {"records": selectors.identity_records(row, actor=actor), "pairs": pairs_of(row)}
    return render(request, "desk/task.html", context)


@allow(*DESK)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a task one's own."""
    actor = for_request(request)
    row = get_object_or_404(worklist.tasks_visible_to(actor), pk=pk)
    try:
        worklist.task_take(task=row, actor=actor)
    except worklist.TakenBySomebody as taken:
        messages.info(request, _("%(name)s has taken this already.") % {"name": taken})
    except (worklist.NotOpen, worklist.NotYours):
        messages.info(request, _("Somebody else has dealt with this in the meantime."))
        return redirect("referrals:desk")
    else:
        messages.success(request, _("This is yours now."))
    return redirect("referrals:desk_task", pk)


@allow(*STAFF)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find referrals. Posted, so that what was typed stays out of addresses and logs; the look is recorded."""
    actor, form = for_request(request), FindForm(posted(request))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        found = selectors.found(actor, **form.cleaned_data)
        if len(found) == 1:
            return redirect("referrals:desk_referral", found[0].pk)
        context["found"] = found
    return render(request, "desk/find.html", context)


@allow("coordinator")
@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """Referrals past their time: seen here before anybody complains."""
    rows = selectors.overdue(for_request(request), now=clock.now())
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "desk/overdue.html", {"page": page, "now": clock.now()})


def _safety(row: Task, actor: Actor) -> SafetyCase | None:
    # The task alone is no leave to read: an administrator who sees it because it is late sees no answers.
    return safety_case(row, actor=actor) if actor.holds("safety_clinician") else None


def _shown(row: Task) -> dict[str, Any]:
    kind = worklist.kind_of(row)
    return {"task": row, "label": kind.label, "words": kind.words, "link": task_link(row)}
