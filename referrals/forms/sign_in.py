"""Coming back: reference and date of birth, then a one-time code; or a return code for a draft."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, Form, TextField
from core.references import reference_clean


class SignInForm(Form):
    reference = TextField(
        label=_("Your reference"),
        max_length=40,
        help_text=_("It looks like RP-7K4C-9XQM."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "nhsuk-input--width-20"}),
        missing=_("Enter your reference. It looks like RP-7K4C-9XQM."),
    )
    born = DateField(label=_("Your date of birth"), past=True, missing=_("Enter your date of birth, like 27 3 1985"))

    def clean_reference(self) -> str:
        try:
            return reference_clean(self.cleaned_data["reference"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


class ReturnForm(Form):
    code = TextField(
        label=_("Your return code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "nhsuk-input--width-20"}),
        missing=_("Enter your return code"),
    )
