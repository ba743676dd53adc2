"""Who somebody is. Asked only after safe contact is known, and never before the matches."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import DateField, PostcodeField, TextField
from core.forms.dates import DateWidget
from referrals.forms.base import QuestionForm

ADULT_YEARS = 18
OLDEST_YEARS = 120


def age_on(born: datetime.date, day: datetime.date) -> int:
    """Return whole years; somebody born on 29 February turns on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class NameForm(QuestionForm):
    title = _("What is your name?")
    lead = _(
        "The therapist you ask sees your name only if they think they can help, to check that they do not know you."
    )
    keys = ("given_name", "family_name", "preferred_name")

    given_name = TextField(
        label=_("First name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "spellcheck": "false"}),
        missing=_("Enter your first name"),
    )
    family_name = TextField(
        label=_("Last name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "spellcheck": "false"}),
        missing=_("Enter your last name"),
    )
    preferred_name = TextField(
        label=_("What should we call you? (you can leave this empty)"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )


class BirthForm(QuestionForm):
    title = _("When were you born?")
    lead = _("You use this date later, with your reference, to look at your referral.")
    keys = ("date_of_birth",)

    born = DateField(
        label=_("When were you born?"),
        past=True,
        missing=_("Enter your date of birth, like 27 3 1985"),
        widget=DateWidget(attrs={"autocomplete": "bday"}),
    )

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        return {"born": answers.get("date_of_birth") or ""}

    def clean_born(self) -> datetime.date:
        born: datetime.date = self.cleaned_data["born"]
        age = age_on(born, clock.today())
        if age > OLDEST_YEARS:
            raise forms.ValidationError(_("Check the year of your date of birth"))
        if age < ADULT_YEARS:
            raise forms.ValidationError(
                _("You need to be 18 or over. If you are younger, there is help for you: open “Need help now?” below")
            )
        return born

    def write(self) -> dict[str, Any]:
        return {"date_of_birth": self.cleaned_data["born"].isoformat()}


class HomeForm(QuestionForm):
    title = _("What is your postcode at home?")
    lead = _("The therapist you ask sees only the first half of it. It helps them to see whether they know you.")
    skip = _("Skip this")
    keys = ("home_postcode",)

    home_postcode = PostcodeField(label=_("Postcode"), required=False)

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        return {"home_postcode": answers.get("home_postcode") or answers.get("postcode") or ""}


class PracticeForm(QuestionForm):
    title = _("Which GP practice are you with?")
    lead = _("You can leave this empty. We tell your GP nothing unless we think your life is in danger.")
    skip = _("Skip this")
    keys = ("practice_name",)

    practice_name = TextField(label=_("Name of the practice, and the town"), required=False, max_length=160)
