"""What a therapist answers about a request and about somebody she sees."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caseload.models import Ending
from core import clock
from core.forms import DateField, Form, RadiosField
from referrals.codes import DECLINE_CODES, END_CODES, FULL, REMOVE_CODES
from referrals.forms.changes import MANY, SwitchForm, UntilForm
from referrals.services.asks import LIST_LIMIT

__all__ = [
    "MANY",
    "ContactForm",
    "DeclineForm",
    "EndForm",
    "ListForm",
    "MeetingForm",
    "PauseForm",
    "RefuseForm",
    "RemoveForm",
    "SomebodyElseForm",
]

TIME_FORMATS = ["%H:%M", "%H.%M", "%I%p", "%I:%M%p", "%I.%M%p"]


class DeclineForm(Form):
    """A coded reason: there is no box for words, so that nothing about the person can be written here."""

    code = RadiosField(label=_("Why can you not offer a place?"), missing=_("Choose a reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = list(DECLINE_CODES.items())  # type: ignore[attr-defined]


class RefuseForm(Form):
    """Why somebody cannot be on her list, coded for the same reason."""

    code = RadiosField(label=_("Why can they not be on your list?"), missing=_("Choose a reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = DECLINE_CODES | {FULL: _("My list is long enough")}
        self.fields["code"].choices = list(words.items())  # type: ignore[attr-defined]


class RemoveForm(Form):
    """Why she takes somebody off her list."""

    code = RadiosField(label=_("Why do you take them off your list?"), missing=_("Choose a reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = list(REMOVE_CODES.items())  # type: ignore[attr-defined]


class ListForm(Form):
    """Whether her list takes anybody, and how many."""

    OPEN, CLOSED = "open", "closed"

    taking = RadiosField(
        label=_("May more people wait for you?"),
        choices=[(OPEN, _("Yes, up to the number below")), (CLOSED, _("No, nobody more at the moment"))],
        missing=_("Choose whether more people may wait for you"),
    )
    limit = forms.IntegerField(
        label=_("How many people may wait at once"),
        help_text=_("People you have not answered yet count too."),
        required=False,
        max_value=LIST_LIMIT,
        min_value=0,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3"}),
        error_messages={
            "invalid": _("Enter a number, like 10"),
            "min_value": _("Enter 0 or more"),
            "max_value": _("Enter a number up to %(limit_value)s"),
        },
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("taking") == self.OPEN and not data.get("limit") and "limit" not in self.errors:
            self.add_error("limit", _("Enter how many people may wait, at least 1"))
        return data


class ContactForm(Form):
    """When the first meeting is, once she has been in touch. Both boxes empty: not settled yet."""

    on = DateField(label=_("The day of the first meeting"), required=False, future=True)
    at = forms.TimeField(
        label=_("The time"),
        help_text=_("For example 18:00"),
        input_formats=TIME_FORMATS,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "nhsuk-input--width-5"}),
        error_messages={"invalid": _("Enter a time such as 18:00")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        on, at = data.get("on"), data.get("at")
        if on and at is None and "at" not in self.errors:
            self.add_error("at", _("Enter the time of the meeting"))
        if at is not None and on is None and "on" not in self.errors:
            self.add_error("on", _("Enter the day of the meeting"))
        data["meeting_at"] = datetime.datetime.combine(on, at, clock.LONDON) if on and at is not None else None
        return data


class MeetingForm(ContactForm):
    """A meeting that is settled: both boxes are needed."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and data["meeting_at"] is None:
            self.add_error("on", _("Enter the day of the meeting"))
        return data


class PauseForm(UntilForm):
    """Until when somebody pauses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("The day it goes on"), **kwargs)


class SomebodyElseForm(SwitchForm):
    """Asked of her as of the client: from when the wait for somebody else counts."""


class EndForm(Form):
    """How therapy ended, and what becomes of the place."""

    code = RadiosField(label=_("How did it end?"), missing=_("Choose how it ended"))
    place_then = RadiosField(
        label=_("What should happen to this place?"),
        help_text=_("Nobody is offered it before you say so."),
        choices=Ending.PlaceThen.choices,
        missing=_("Choose what should happen to the place"),
    )
    place_from = DateField(label=_("The date, if you chose “Offer it from a date”"), required=False, future=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"place_then": Ending.PlaceThen.NOT_YET})
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = list(END_CODES.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        from_date = data.get("place_then") == Ending.PlaceThen.FROM_DATE
        if from_date and data.get("place_from") is None and "place_from" not in self.errors:
            self.add_error("place_from", _("Enter the date from which the place can be offered"))
        if not from_date:
            data["place_from"] = None
        return data
