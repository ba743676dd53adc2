"""What a coordinator says when she acts on waiting lists and offered places."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import DateField, Form, RadiosField, SelectField, TextField
from referrals.forms.desk import LOGGED, ReasonForm
from referrals.models import Offer

HOURS = [(str(hour), f"{hour % 12 or 12}{'am' if hour < 12 else 'pm'}") for hour in range(9, 21)]


class FindListForm(Form):
    """Somebody's list, by name or registration number. Posted, so that names stay out of addresses."""

    text = TextField(
        label=_("Therapist’s name or registration number"),
        max_length=80,
        missing=_("Enter a name or a number"),
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-20", "autocomplete": "off"}),
    )


class MoveForm(ReasonForm):
    """To whose list. Whoever may be meant is shown once a name is typed; then she is chosen."""

    text = TextField(
        label=_("To whose list? Name or registration number"),
        max_length=80,
        missing=_("Enter a name or a number"),
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-20", "autocomplete": "off"}),
    )
    therapist = RadiosField(label=_("Who is meant?"), choices=[], missing=_("Choose whose list"))
    field_order = ["text", "therapist", "reason"]

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people:
            self.fields["therapist"].choices = [(str(pk), name) for pk, name in people]  # type: ignore[attr-defined]
        else:
            del self.fields["therapist"]


class ExtendForm(ReasonForm):
    """Until when a place stays held."""

    day = DateField(label=_("Held until"), future=True)
    hour = SelectField(label=_("At"), choices=HOURS, missing=_("Choose the hour"))
    field_order = ["day", "hour", "reason"]

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._until = offer.expires_at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        moment = datetime.datetime.combine(data["day"], datetime.time(int(data["hour"])), clock.LONDON)
        if moment <= self._until:
            self.add_error("day", _("Choose a time after the present one"))
        return {"expires_at": moment, "reason": data["reason"]}


class AnswerForForm(ReasonForm):
    """What she said about a place, when she cannot say it on her page."""

    answer = RadiosField(
        label=_("What did the client say?"),
        choices=[
            ("accept", _("Yes, I would like a first meeting")),
            ("keep", _("Not this time, keep my place")),
            ("stop", _("Stop waiting for this therapist")),
        ],
        missing=_("Choose what the client said"),
    )
    field_order = ["answer", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("How and when did they tell you?")
        self.fields["reason"].help_text = LOGGED


class MergeForm(ReasonForm):
    """Which of two requests goes on, where messages go, and that somebody has made sure."""

    keep = RadiosField(label=_("Which request goes on?"), choices=[], missing=_("Choose which request goes on"))
    contact = RadiosField(
        label=_("Whose safe contact is used from now on?"), choices=[], missing=_("Choose where messages go")
    )
    sure = forms.BooleanField(error_messages={"required": _("Make sure first that these are one person")})
    field_order = ["keep", "contact", "sure", "reason"]

    def __init__(
        self, *args: Any, keep: Sequence[tuple[str, str]], contact: Sequence[tuple[str, str]], sure: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = list(keep)  # type: ignore[attr-defined]
        self.fields["contact"].choices = list(contact)  # type: ignore[attr-defined]
        self.fields["sure"].label = sure


class OtherReferralForm(Form):
    """The other referral of the same person."""

    reference = TextField(
        label=_("Reference of the other request"),
        help_text=_("Like RP-7K4C-9XQM."),
        max_length=20,
        missing=_("Enter a reference"),
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-10", "spellcheck": "false", "autocomplete": "off"}),
    )
