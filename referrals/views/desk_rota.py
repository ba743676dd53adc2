"""The safety clinicians' duty rota: what "somebody will call by" rests on."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.actors import for_request
from accounts.models import DutyShift
from accounts.rota import shifts_from
from accounts.services.rota import ShiftRefused, duty_shift_add, duty_shift_remove
from core import clock, words
from core.forms import posted
from core.policy import allow
from referrals.forms.desk import ShiftForm

WRITERS = ("coordinator", "safety_clinician", "administrator")
DAYS_SHOWN = 14
REFUSALS = {
    "length": gettext_lazy("A shift is longer than nothing and at most 24 hours."),
    "past": gettext_lazy("This shift is already over."),
    "overlap": gettext_lazy("They are already on duty for part of this time."),
    "not_a_safety_clinician": gettext_lazy("They are not a safety clinician on that day."),
}


@allow(*WRITERS)
@require_http_methods(["GET", "POST"])
def rota(request: HttpRequest) -> HttpResponse:
    """Two weeks of shifts with their gaps, and a form for another."""
    form = ShiftForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            duty_shift_add(actor=for_request(request), **form.cleaned_data)
        except ShiftRefused as refused:
            form.add_error("on", REFUSALS[refused.code])
        else:
            messages.success(request, _("The shift is on the rota."))
            return redirect("referrals:desk_rota")
    return render(request, "desk/rota.html", {"form": form, "days": _days()})


@allow(*WRITERS)
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a shift off the rota, after asking. Gone already is gone."""
    shifts = shifts_from(clock.now())
    if request.method == "POST":
        shift = shifts.filter(pk=pk).first()
        if shift is not None:
            duty_shift_remove(shift=shift, actor=for_request(request))
            messages.success(request, _("The shift is off the rota. Printed promises stay with their tasks."))
        return redirect("referrals:desk_rota")
    shift = get_object_or_404(shifts, pk=pk)
    return render(request, "desk/rota_remove.html", {"shift": shift, "hours": _hours(shift)})


def _days() -> list[dict[str, Any]]:
    now, today = clock.now(), clock.today()
    shifts = list(shifts_from(now))
    days = [today + datetime.timedelta(days=number) for number in range(DAYS_SHOWN)]
    return [
        {"day": day, "shifts": [{"shift": row, "hours": _hours(row)} for row in shifts if _touches(row, day)]}
        for day in days
    ]


def _hours(shift: DutyShift) -> str:
    """Return "9am to 5pm", with the days where the shift goes over midnight."""
    starts, ends = (moment.astimezone(clock.LONDON) for moment in (shift.starts_at, shift.ends_at))
    say = words.hour if starts.date() == ends.date() else words.when
    return _("%(starts)s to %(ends)s") % {"starts": say(starts), "ends": say(ends)}


def _touches(shift: DutyShift, day: datetime.date) -> bool:
    first = shift.starts_at.astimezone(clock.LONDON).date()
    last = shift.ends_at.astimezone(clock.LONDON).date()
    return first <= day <= last
