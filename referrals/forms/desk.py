"""What a coordinator or safety clinician writes down."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.rota import safety_clinicians
from core import clock
from core.forms import DateField, Form, RadiosField, SelectField, TextareaField, TextField
from core.references import reference_clean
from referrals.codes import CLOSE_CODES

OUTCOMES = [
    ("done", _("Done")),
    ("reached", _("I reached the person")),
    ("no_answer", _("No answer: I tried as the protocol says")),
    ("passed_on", _("Passed on to somebody named in the note")),
    ("not_needed", _("No longer needed")),
]
LOGGED = _("It is kept with your name in the record of this referral.")


class CloseTaskForm(Form):
    """How a task ended."""

    outcome = RadiosField(label=_("What came of it?"), choices=OUTCOMES, missing=_("Choose what came of it"))
    note = TextareaField(
        label=_("Note"),
        help_text=_("What was agreed, and what happens next. Who reads this: people on the desk."),
        max_length=2000,
        required=False,
        rows=4,
        read_when="",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") in {"no_answer", "passed_on"} and not data.get("note"):
            self.add_error("note", _("Write when you tried, or who has it now"))
        return data


class CloseCallForm(CloseTaskForm):
    """The client's next step is the desk's: whoever closes the call says what comes next, or nobody would act."""

    then = RadiosField(
        label=_("What happens next?"),
        choices=[
            ("carry_on", _("Ask their next choice, or let them choose again: they have ten days anew")),
            ("call_again", _("Somebody calls again by the end of the next working day")),
        ],
        hints={
            "carry_on": _("To lead to other help, or to stop or close it, use the referral’s own page instead."),
        },
        missing=_("Choose what happens next"),
    )
    field_order = ["outcome", "then", "note"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("note") and "note" not in self.errors:
            self.add_error("note", _("Write what was agreed, or when you tried"))
        return data


class FindForm(Form):
    """A reference as somebody reads it out, or what somebody without one can say on the phone."""

    reference = TextField(
        label=_("Reference"),
        help_text=_("Like RP-7K4C-9XQM."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-10", "spellcheck": "false", "autocomplete": "off"}),
    )
    family_name = TextField(
        label=_("Or the family name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-20", "autocomplete": "off"}),
    )
    born = DateField(label=_("and the date of birth"), past=True, required=False)

    def clean_reference(self) -> str:
        typed = self.cleaned_data["reference"]
        try:
            return reference_clean(typed) if typed else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or data.get("reference"):
            return data
        if not data.get("family_name") and data.get("born") is None:
            self.add_error("reference", _("Enter a reference, or a family name and a date of birth"))
        elif not data.get("family_name"):
            self.add_error("family_name", _("Enter the family name too"))
        elif data.get("born") is None:
            self.add_error("born", _("Enter the date of birth too"))
        return data


class ReasonForm(Form):
    """Why a coordinator steps in."""

    reason = TextareaField(
        label=_("Reason"), help_text=LOGGED, max_length=400, rows=3, missing=_("Write the reason"), read_when=""
    )


class CloseReferralForm(ReasonForm):
    """Closing without the client's own word needs one of few codes."""

    code = RadiosField(label=_("Why is it closed?"), choices=list(CLOSE_CODES.items()), missing=_("Choose why"))
    field_order = ["code", "reason"]


class ShiftForm(Form):
    """One person on duty from one time to another on one day."""

    user = SelectField(label=_("Safety clinician"), missing=_("Choose who is on duty"))
    on = DateField(label=_("Day"), future=True)
    starts = forms.TimeField(
        label=_("From"),
        input_formats=["%H:%M", "%H.%M", "%I%p", "%I:%M%p"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "nhsuk-input--width-5"}),
        error_messages={"required": _("Enter a time such as 09:00"), "invalid": _("Enter a time such as 09:00")},
    )
    ends = forms.TimeField(
        label=_("Until"),
        help_text=_("An earlier time than the start means the next morning."),
        input_formats=["%H:%M", "%H.%M", "%I%p", "%I:%M%p"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "nhsuk-input--width-5"}),
        error_messages={"required": _("Enter a time such as 17:00"), "invalid": _("Enter a time such as 17:00")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"starts": datetime.time(9), "ends": datetime.time(17)})
        super().__init__(*args, **kwargs)
        self._people = {str(row.pk): row for row in safety_clinicians()}
        choices = [("", _("Choose")), *((pk, row.name) for pk, row in self._people.items())]
        self.fields["user"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        starts = datetime.datetime.combine(data["on"], data["starts"], clock.LONDON)
        ends = datetime.datetime.combine(data["on"], data["ends"], clock.LONDON)
        if ends <= starts:
            ends = datetime.datetime.combine(data["on"] + datetime.timedelta(days=1), data["ends"], clock.LONDON)
        return {"user": self._people[data["user"]], "starts_at": starts, "ends_at": ends}
