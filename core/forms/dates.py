"""A date typed in three boxes: quicker and safer to answer than a calendar for a date one knows."""

import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms.base import Words, with_missing

PARTS = ("day", "month", "year")
PART_WORDS: dict[str, Promise] = {"day": _("day"), "month": _("month"), "year": _("year")}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class DateWidget(forms.MultiWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: Any) -> list[str]:
        if isinstance(value, str) and value:
            try:
                value = datetime.date.fromisoformat(value)
            except ValueError:
                return ["", "", ""]
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class DateField(forms.Field):
    """A datetime.date. `past`: not after today; `future`: not before today. Months may be typed as words.

    After clean(), `wrong` names the boxes that need another look.
    """

    widget = DateWidget
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter a date"),
        "part": _("The date needs a %(parts)s"),
        "year": _("The year needs four numbers, like 1985"),
        "unreal": _("Enter a real date, like 27 3 1985"),
        "past": _("The date must be today or in the past"),
        "future": _("The date must be today or in the future"),
    }

    def __init__(
        self, *, past: bool = False, future: bool = False, missing: Words | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**with_missing(kwargs, missing))
        self.past, self.future = past, future
        self.wrong: tuple[str, ...] = ()

    def clean(self, value: Any) -> datetime.date | None:
        typed = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(typed):
            if self.required:
                raise self._problem("required", *PARTS)
            return None
        absent = [part for part, text in zip(PARTS, typed, strict=True) if not text]
        if absent:
            words = str(_(" and ")).join(str(PART_WORDS[part]) for part in absent)
            raise self._problem("part", *absent, parts=words)
        return self._in_range(self._date(*typed))

    def _date(self, day: str, month: str, year: str) -> datetime.date:
        if len(year) != 4 or not year.isdecimal():
            raise self._problem("year", "year")
        number = _month_number(month)
        if not 1 <= number <= 12:
            raise self._problem("unreal", "month")
        try:
            return datetime.date(int(year), number, int(day))
        except ValueError as error:
            raise self._problem("unreal", "day") from error

    def _in_range(self, date: datetime.date) -> datetime.date:
        if self.past and date > clock.today():
            raise self._problem("past", *PARTS)
        if self.future and date < clock.today():
            raise self._problem("future", *PARTS)
        return date

    def _problem(self, code: str, *parts: str, **params: str) -> forms.ValidationError:
        self.wrong = parts
        return forms.ValidationError(self.error_messages[code], code=code, params=params)


def _month_number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    short = text.lower()[:3]
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0
