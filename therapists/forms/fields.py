"""Form fields for what a therapist's row stores as numbers: hours, days, money."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from therapists.words import DAYS, PARTS

CELLS = [(str(day * 3 + part), f"{DAYS[day]} {PARTS[part]}") for day in range(7) for part in range(3)]


class MaskField(forms.TypedMultipleChoiceField):
    """Ticked numbers as one bit mask."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(coerce=int, choices=choices, **kwargs)

    def clean(self, value: Any) -> int:
        return sum(1 << bit for bit in set(super().clean(value) or []))

    def prepare_value(self, value: Any) -> Any:
        """Turn a mask into the list of its bits; what was posted stays as it is."""
        if isinstance(value, int):
            return [str(bit) for bit in range(21) if value >> bit & 1]
        return value


class HoursField(MaskField):
    """A week of seven days by morning, afternoon and evening: 21 bits, drawn as a table of checkboxes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=CELLS, **kwargs)

    @staticmethod
    def table(bound: forms.BoundField) -> list[dict[str, Any]]:
        """Return a template's rows: the day, its first letters, and its three cells (id, label, whether ticked)."""
        ticked = {str(value) for value in bound.value() or []}
        return [
            {"day": name, "short": str(name)[:3], "cells": [_cell(bound, day * 3 + part, ticked) for part in range(3)]}
            for day, name in enumerate(DAYS)
        ]


def _cell(bound: forms.BoundField, bit: int, ticked: set[str]) -> dict[str, Any]:
    return {
        # The error summary leads to the field's own id: that is the first box.
        "id": f"{bound.auto_id}-{bit}" if bit else bound.auto_id,
        "value": str(bit),
        "label": f"{DAYS[bit // 3]} {PARTS[bit % 3]}",
        "checked": str(bit) in ticked,
    }


class DaysField(MaskField):
    """Days of the week as seven bits, bit 0 being Monday."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(str(day), name) for day, name in enumerate(DAYS)], **kwargs)


class PoundsField(forms.DecimalField):
    """Pounds on the page, pence in the row. Takes "45", "45.50" and "£45"."""

    default_error_messages = {"invalid": _("Enter an amount in pounds, such as 45 or 45.50.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(min_value=0, max_value=1000, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("£", "").replace(",", "").strip()
        return super().to_python(value)

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return f"{Decimal(value) / 100:.2f}".removesuffix(".00")
        return value


def optional(words: Promise | str) -> list[tuple[str, Any]]:
    """Return the first option of a list that may stay empty."""
    return [("", words)]
