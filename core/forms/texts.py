"""Words typed by a person."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import ngettext_lazy

from core.forms.base import Words, with_missing

_TOO_LONG = ngettext_lazy(
    "Use %(limit_value)d character or fewer. You have used %(show_value)d.",
    "Use %(limit_value)d characters or fewer. You have used %(show_value)d.",
    "limit_value",
)


class TextField(forms.CharField):
    """One line. Longer text than allowed is kept and named, never cut off."""

    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(**with_missing(kwargs, missing))
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _TOO_LONG


class TextareaField(TextField):
    """Several lines. `read_when` is the sentence beside the box that says when anybody reads it."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 5, read_when: Words | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 4000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)
        self.read_when = read_when
