"""Choosing from a list. `hints` explains single choices, `divider` puts "or" before one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.base import Words, with_missing

STRENGTHS = [("1", _("It would be nice")), ("2", _("It is important")), ("3", _("I must have this"))]


class RadiosField(forms.ChoiceField):
    widget = forms.RadioSelect

    def __init__(
        self,
        *,
        missing: Words | None = None,
        hints: Mapping[str, Words] | None = None,
        divider: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**with_missing(kwargs, missing or _("Choose one of the answers")))
        self.hints = dict(hints or {})
        self.divider = divider


class YesNoField(forms.TypedChoiceField):
    """Yes or no, cleaned to True or False; None when it may be left open."""

    widget = forms.RadioSelect

    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("choices", [("yes", _("Yes")), ("no", _("No"))])
        super().__init__(
            coerce=lambda value: value == "yes",
            empty_value=None,
            **with_missing(kwargs, missing or _("Choose yes or no")),
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class StrengthField(forms.TypedChoiceField):
    """How much a wish matters: 1 nice, 2 important, 3 must."""

    widget = forms.RadioSelect

    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("choices", STRENGTHS)
        kwargs.setdefault("label", _("How much does this matter to you?"))
        kwargs.setdefault("required", False)
        super().__init__(
            coerce=int,
            empty_value=None,
            **with_missing(kwargs, missing or _("Choose how much this matters to you")),
        )


class CheckboxesField(forms.MultipleChoiceField):
    """Several answers. `exclusive` is the choice that stands alone, such as "none of these"."""

    widget = forms.CheckboxSelectMultiple

    def __init__(
        self,
        *,
        missing: Words | None = None,
        hints: Mapping[str, Words] | None = None,
        divider: str | None = None,
        exclusive: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**with_missing(kwargs, missing or _("Choose at least one answer")))
        self.hints = dict(hints or {})
        self.divider = divider
        self.exclusive = exclusive

    def clean(self, value: Any) -> list[str]:
        chosen: list[str] = super().clean(value)
        if self.exclusive in chosen and len(chosen) > 1:
            alone = next(label for key, label in self.widget.choices if key == self.exclusive)
            raise forms.ValidationError(
                _("Choose either “%(alone)s” or the other answers, not both"), params={"alone": alone}
            )
        return chosen


class SelectField(forms.ChoiceField):
    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        super().__init__(**with_missing(kwargs, missing or _("Choose one from the list")))
