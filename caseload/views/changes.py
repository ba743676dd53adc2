"""Somebody she works with pauses, goes on, or finds somebody else: from her side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caseload import selectors
from caseload.forms import MANY, PauseForm, SomebodyElseForm
from caseload.views.people import attempt, placement_of
from core.actors import Actor
from core.forms import posted
from referrals.services.pausing import placement_pause, placement_resume
from referrals.services.switching import switch
from therapists.access import therapist_page
from therapists.models import Therapist

THERAPIST = "therapist"


@therapist_page
@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Pause until a day. The place stays theirs, and nobody else is offered it."""
    row = placement_of(actor, pk)
    if "pause" not in selectors.can(row):
        return redirect("caseload:placement", pk)
    form = PauseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        attempt(
            request,
            lambda: placement_pause(placement=row, side=THERAPIST, until=until, actor=actor),
            _("It is paused, and we tell them until when."),
        )
        return redirect("caseload:placement", pk)
    return render(request, "caseload/pause.html", {"placement": row, "form": form})


@therapist_page
@require_POST
def resume(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Go on before the pause is over."""
    row = placement_of(actor, pk)
    attempt(request, lambda: placement_resume(placement=row, actor=actor), _("It goes on, and we tell them."))
    return redirect("caseload:placement", pk)


@therapist_page
@require_http_methods(["GET", "POST"])
def somebody_else(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """She thinks that another therapist would be better: no reason is asked, and nobody is left alone meanwhile."""
    row = placement_of(actor, pk)
    if "switch" not in selectors.can(row):
        return redirect("caseload:placement", pk)
    form = SomebodyElseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        many = form.cleaned_data["sessions"] == MANY
        attempt(
            request,
            lambda: switch(placement=row, side=THERAPIST, many_sessions=many, actor=actor),
            _("We tell them kindly, and look with them for somebody else."),
        )
        return redirect("caseload:placement", pk)
    return render(request, "caseload/somebody_else.html", {"placement": row, "form": form})
