"""The C-NIP's items as they are printed: two poles and seven points between them. Any item may be left out."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from clients import cnip
from core.forms import RadiosField, StrengthField
from referrals.forms.base import STRENGTHS, QuestionForm

POINTS = range(cnip.MOST, -cnip.MOST - 1, -1)


@dataclass(frozen=True, slots=True)
class Point:
    """One of the seven points of an item. `says` is read aloud: which pole the number belongs to."""

    id: str
    value: str
    number: int
    says: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Item:
    number: int
    name: str
    id: str
    first: str
    second: str
    points: list[Point]
    errors: list[str]


class ItemsForm(QuestionForm):
    """The items of one scale, in the order of the form."""

    numbers: ClassVar[tuple[int, ...]] = ()
    title = _("How should your therapist work with you?")
    skip = _("Skip these")

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.keys = tuple(map(str, cls.numbers))

    def arrange(self) -> None:
        for number in self.numbers:
            first, second = cnip.ITEMS[number]
            self.fields[f"item_{number}"] = RadiosField(
                label=f"{number}. {first} / {second}",
                choices=[(str(value), str(value)) for value in POINTS],
                required=False,
                error_messages={"invalid_choice": _("Choose one of the seven points, or none")},
            )

    def items(self) -> list[Item]:
        """Return the items with what was chosen, bad input too, for the template."""
        return [self._item(number) for number in self.numbers]

    def _item(self, number: int) -> Item:
        bound = self[f"item_{number}"]
        first, second = cnip.ITEMS[number]
        chosen = str(bound.value() or "")
        points = [
            Point(
                # The error summary leads to the field's own id: that is the first point.
                id=f"{bound.auto_id}-{place}" if place else str(bound.auto_id),
                value=str(value),
                number=abs(value),
                says=first if value > 0 else second if value < 0 else cnip.ZERO,
                checked=chosen == str(value),
            )
            for place, value in enumerate(POINTS)
        ]
        return Item(number, bound.html_name, str(bound.auto_id), first, second, points, list(map(str, bound.errors)))

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        return {f"item_{key}": str(answers[key]) for key in cls.keys if key in answers}

    def write(self) -> dict[str, Any]:
        answered = {number: self.cleaned_data.get(f"item_{number}") for number in self.numbers}
        return {str(number): int(value) for number, value in answered.items() if value}


class FirstForm(ItemsForm):
    numbers = cnip.SCALES[0].items


class SecondForm(ItemsForm):
    numbers = cnip.SCALES[1].items


class ThirdForm(ItemsForm):
    numbers = cnip.SCALES[2].items


class FourthForm(ItemsForm):
    numbers = cnip.SCALES[3].items


class UseForm(QuestionForm):
    """How much the strong wishes matter, before they are put into the answers."""

    keys = ("style_strength",)
    style_strength = StrengthField(choices=STRENGTHS[:2], required=True)
