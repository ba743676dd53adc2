"""Saying "this registration is mine"."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form, SelectField, TextareaField, TextField
from therapists.models import Register
from therapists.selectors.registrations import registers_to_claim_on


class ClaimForm(Form):
    """Which register, and her number on it."""

    register = SelectField(label=_("Your register"), missing=_("Choose your register"))
    number = TextField(
        label=_("Your registration number"),
        help_text=_("As it stands on the register's own page."),
        max_length=40,
        missing=_("Enter your registration number"),
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-10", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._registers = {str(row.pk): row for row in registers_to_claim_on()}
        choices = [("", _("Choose")), *((pk, row.name) for pk, row in self._registers.items())]
        self.fields["register"].choices = choices  # type: ignore[attr-defined]

    def clean_register(self) -> Register:
        return self._registers[self.cleaned_data["register"]]

    def clean_number(self) -> str:
        return " ".join(str(self.cleaned_data["number"]).split())


class CodeForm(Form):
    """The six digits that were sent to the address on record."""

    digits = TextField(
        label=_("The code from the e-mail"),
        help_text=_("Six numbers. It works for 15 minutes."),
        max_length=12,
        missing=_("Enter the six numbers from the e-mail"),
        widget=forms.TextInput(
            attrs={"class": "nhsuk-input--width-5", "inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )

    def clean_digits(self) -> str:
        digits = "".join(self.cleaned_data["digits"].split())
        if not (digits.isdecimal() and len(digits) == 6):
            raise forms.ValidationError(_("The code is six numbers"))
        return digits


class CheckForm(Form):
    """How a coordinator can tell that it is her."""

    statement = TextareaField(
        label=_("How can we check that this is you?"),
        help_text=_("For example your work phone number on the register's page, or your website."),
        max_length=1000,
        rows=4,
        missing=_("Tell us how we can check"),
        read_when=_("A coordinator reads this within two working days."),
    )
