"""When and where: formats and online hours, rooms, answering days, places."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.actors import Actor
from core.forms import DateField, PostcodeField, RadiosField, TextField, YesNoField
from therapists.forms.base import SectionForm
from therapists.forms.fields import DaysField, HoursField, optional
from therapists.models import Location, Therapist
from therapists.selectors import reference
from therapists.services.availability import (
    FEWEST_ANSWERING_DAYS,
    answering_days_set,
    formats_set,
    location_add,
    location_update,
)
from therapists.services.leave import leave_set
from therapists.services.week import limits_set, place_reoffer, places_offer
from therapists.words import DAYS

NOW, FROM_DATE, NOT_YET = "now", "from_date", "not_yet"
WHEN = [
    (NOW, _("Now")),
    (FROM_DATE, _("From a date")),
    (NOT_YET, _("Not yet: I will say when")),
]


class MeetingForm(SectionForm):
    title = _("How people meet you, and online hours")
    lead = _("Hours in a room are set with each room. These are the hours for video, phone and text.")

    formats = forms.TypedMultipleChoiceField(
        label=_("How people can meet you"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one way to meet")},
    )
    online_hours = HoursField(label=_("When you can meet by video, phone or text"))

    def arrange(self) -> None:
        self._formats = {row.pk: row for row in reference.formats()}
        field = self.fields["formats"]
        field.choices = [(str(pk), row.name) for pk, row in self._formats.items()]  # type: ignore[attr-defined]

    def read(self, therapist: Therapist) -> dict[str, Any]:
        chosen = [str(pk) for pk in therapist.formats.values_list("pk", flat=True)]
        return {"formats": chosen, "online_hours": therapist.online_hours}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        remote = any(not self._formats[pk].in_person for pk in data.get("formats", []))
        if remote and data.get("online_hours") == 0:
            self.add_error("online_hours", _("Tick at least one time for video, phone or text sessions."))
        return data

    def save(self, actor: Actor) -> None:
        formats_set(
            therapist=self.therapist,
            formats=[self._formats[pk] for pk in self.cleaned_data["formats"]],
            online_hours=self.cleaned_data["online_hours"],
            actor=actor,
        )


class AnsweringForm(SectionForm):
    title = _("The days you answer")
    lead = _(
        "When somebody asks for you, we tell them the day you will answer: 5pm on the second of these days after they"
        " ask, and never later than 3 working days. If you have not answered by then we ask their next choice."
    )

    answering_days = DaysField(label=_("I look at requests on"))

    def clean_answering_days(self) -> int:
        days: int = self.cleaned_data["answering_days"]
        if days.bit_count() < FEWEST_ANSWERING_DAYS:
            raise forms.ValidationError(_("Choose at least two days."))
        return days

    def save(self, actor: Actor) -> None:
        answering_days_set(therapist=self.therapist, days=self.cleaned_data["answering_days"], actor=actor)


class RoomForm(SectionForm):
    """Add a room, or change the one given as `room`."""

    title = _("A room")

    name = TextField(label=_("What you call this room"), max_length=120, missing=_("Enter a name for the room"))
    address = TextField(
        label=_("Street address"),
        help_text=_("Only people who have a first meeting with you see this."),
        missing=_("Enter the street address"),
    )
    town = TextField(
        label=_("Town or part of the city"), max_length=80, missing=_("Enter the town or part of the city")
    )
    postcode = PostcodeField(label=_("Postcode"))
    step_free = YesNoField(
        label=_("Can somebody get in without steps?"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("", _("I am not sure"))],
        required=False,
    )
    hours = HoursField(label=_("When you work in this room"))

    def __init__(self, *args: Any, therapist: Therapist, room: Location | None = None, **kwargs: Any) -> None:
        self.room = room
        super().__init__(*args, therapist=therapist, **kwargs)

    def read(self, therapist: Therapist) -> dict[str, Any]:
        if self.room is None:
            return {"step_free": ""}
        values = {name: getattr(self.room, name) for name in self.base_fields}
        return values | {"step_free": "" if self.room.step_free is None else self.room.step_free}

    def clean_hours(self) -> int:
        hours: int = self.cleaned_data["hours"]
        if not hours:
            raise forms.ValidationError(_("Tick at least one time."))
        return hours

    def save(self, actor: Actor) -> None:
        if self.room is None:
            location_add(therapist=self.therapist, actor=actor, **self.cleaned_data)
        else:
            location_update(location=self.room, actor=actor, **self.cleaned_data)


class _WhenForm(SectionForm):
    """Asks from when a place is offered."""

    when = RadiosField(label=_("When can it be offered?"), choices=WHEN)
    on = DateField(
        label=_("The date, if you chose “From a date”"),
        help_text=_("For example, 8 12 2026"),
        future=True,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        today = clock.today()
        when, on = data.get("when"), data.get("on")
        if when == FROM_DATE and on is None and "on" not in self.errors:
            self.add_error("on", _("Enter the date from which it can be offered."))
        data["available_from"] = {NOW: today, FROM_DATE: on}.get(when or "")
        return data


class PlacesForm(_WhenForm):
    """Add places: hours in the week that people can have."""

    title = _("Add places")

    count = forms.IntegerField(
        label=_("How many places"),
        min_value=1,
        max_value=40,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3"}),
        error_messages={
            "required": _("Enter how many places"),
            "invalid": _("Enter a number, like 3"),
            "min_value": _("Add at least one place"),
            "max_value": _("Add at most 40 places at a time"),
        },
    )
    day = forms.TypedChoiceField(
        label=_("Day"),
        choices=[*optional(_("Any day in my hours")), *((str(n), name) for n, name in enumerate(DAYS))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    time = forms.TimeField(
        label=_("Time"),
        help_text=_("For example 18:00. Leave it empty for any time in your hours."),
        input_formats=["%H:%M", "%H.%M", "%I%p", "%I:%M%p", "%I.%M%p"],
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "nhsuk-input--width-5"}),
        error_messages={"invalid": _("Enter a time such as 18:00")},
    )
    session_format = forms.TypedChoiceField(label=_("How"), coerce=int, empty_value=None, required=False)
    location = forms.TypedChoiceField(label=_("Room"), coerce=int, empty_value=None, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["count", "day", "time", "session_format", "location", "when", "on", "seen"]

    def arrange(self) -> None:
        self._formats = {row.pk: row for row in self.therapist.formats.all()}
        self._rooms = {row.pk: row for row in self.therapist.locations.filter(active=True)}
        self._offer("session_format", _("Any way I offer"), self._formats)
        self._offer("location", _("Any room, or none"), self._rooms)

    def _offer(self, name: str, empty: Any, rows: dict[int, Any]) -> None:
        choices = [*optional(empty), *((str(pk), row.name) for pk, row in rows.items())]
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def read(self, therapist: Therapist) -> dict[str, Any]:
        return {"count": 1, "when": NOW}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("time") and data.get("day") is None:
            self.add_error("day", _("Choose the day for this time, or leave the time empty."))
        chosen = self._formats.get(data.get("session_format") or 0)
        if chosen and not chosen.in_person and data.get("location"):
            self.add_error("location", _("Only sessions in person have a room."))
        if chosen and chosen.in_person and not self._rooms:
            self.add_error("session_format", _("Add a room first."))
        return data

    def save(self, actor: Actor) -> None:
        data = self.cleaned_data
        places_offer(
            therapist=self.therapist,
            actor=actor,
            seen=data["seen"],
            count=data["count"],
            day=data["day"],
            time=data["time"],
            session_format=self._formats.get(data["session_format"] or 0),
            location=self._rooms.get(data["location"] or 0),
            available_from=data["available_from"],
        )


class ReofferForm(_WhenForm):
    """Say from when one place is offered."""

    title = _("When can this place be offered?")

    def __init__(self, *args: Any, place: Any, **kwargs: Any) -> None:
        self.place = place
        super().__init__(*args, **kwargs)

    def read(self, therapist: Therapist) -> dict[str, Any]:
        start = self.place.available_from
        if start is None:
            return {"when": NOT_YET}
        return {"when": NOW} if start <= clock.today() else {"when": FROM_DATE, "on": start}

    def save(self, actor: Actor) -> None:
        place_reoffer(place=self.place, available_from=self.cleaned_data["available_from"], actor=actor)


class LimitForm(SectionForm):
    title = _("How many new people in a month")
    lead = _("When you have reached it you are not shown to anybody new until the next month.")

    monthly_limit = forms.IntegerField(
        label=_("At most this many new people in a month"),
        help_text=_("Leave it empty for no limit."),
        min_value=0,
        max_value=99,
        required=False,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3"}),
        error_messages={
            "invalid": _("Enter a number, like 4"),
            "min_value": _("Enter 0 or more"),
            "max_value": _("Enter a number up to 99, or leave it empty"),
        },
    )

    def save(self, actor: Actor) -> None:
        limits_set(therapist=self.therapist, monthly_limit=self.cleaned_data["monthly_limit"], actor=actor)


class LeaveForm(SectionForm):
    """Between which days she is away."""

    title = _("When you are away")
    lead = _(
        "On these days nobody new can ask for you, and no place of yours is offered. You need not remember to come"
        " back: people can ask again from the day after. Everybody you see and everybody who waits for you stays."
    )

    away_from = DateField(label=_("The first day you are away"), future=True, missing=_("Enter the first day"))
    away_until = DateField(label=_("The last day you are away"), future=True, missing=_("Enter the last day"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("away_from"), data.get("away_until")
        if first and last and last < first:
            self.add_error("away_until", _("The last day must not be before the first"))
        return data

    def save(self, actor: Actor) -> None:
        leave_set(therapist=self.therapist, actor=actor, **self.cleaned_data)
