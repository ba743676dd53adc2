"""Which letters went out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


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
