"""Which letters went out, and which came back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form, TextField
from notifications.models import Message
from notifications.selectors import letters_out


class _AnyNumbers(forms.MultipleChoiceField):
    """Numbers of letters. One that somebody else has posted in the meantime is no mistake."""

    def valid_value(self, value: Any) -> bool:
        return str(value).isdecimal() and len(str(value)) < 19


class PostedForm(forms.Form):
    letters = _AnyNumbers(
        error_messages={
            "required": _("Tick the letters that you have posted."),
            "invalid_choice": _("Tick the letters that you have posted."),
        }
    )


class ReturnedForm(Form):
    """Answers the letter itself."""

    number = TextField(
        label=_("The number at the foot of the letter"),
        missing=_("Enter the number at the foot of the letter."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "nhsuk-input--width-10"}),
    )

    def clean_number(self) -> Message:
        typed = self.cleaned_data["number"].replace(" ", "")
        readable = typed.isascii() and typed.isdecimal() and len(typed) < 19
        letter = letters_out().filter(pk=int(typed)).first() if readable else None
        if letter is None:
            raise forms.ValidationError(_("No letter with this number is recorded as posted. Check the number."))
        return letter
