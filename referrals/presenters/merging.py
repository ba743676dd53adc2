"""Two requests line by line, so that somebody sees at once where they differ."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.words import when
from referrals.models import Offer
from referrals.selectors.merging import Side

NONE = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both. `differs` is said only of what tells whether they are one person."""

    label: Promise
    values: tuple[tuple[str, ...], ...]
    differs: bool


def side_by_side(sides: Sequence[Side]) -> list[Line]:
    """Return the lines in the order in which somebody compares."""
    return [
        Line(label, values, compares and values[0] != values[1])
        for label, compares, said in LINES
        for values in [tuple(tuple(said(side)) or (NONE,) for side in sides)]
    ]


def born_words(side: Side) -> str:
    return date_format(datetime.date.fromisoformat(side.born), "j F Y")


def _held(side: Side) -> list[str]:
    offer = side.offer
    if offer is None:
        return []
    held = offer.awaiting == Offer.Awaiting.CLIENT
    said = _("A place with %(name)s is held until %(when)s") if held else _("%(name)s is asked until %(when)s")
    return [said % {"name": offer.therapist.display_name, "when": when(offer.expires_at)}]


def _list(name: str, state: str) -> str:
    return _("%(name)s: %(state)s") % {"name": name, "state": state}


LINES: tuple[tuple[Promise, bool, Callable[[Side], list[str]]], ...] = (
    (gettext_lazy("Name"), True, lambda side: [side.name]),
    (gettext_lazy("Born"), True, lambda side: [born_words(side)]),
    (gettext_lazy("Postcode"), True, lambda side: [side.postcode or NONE]),
    (gettext_lazy("NHS number"), True, lambda side: [side.nhs_number or NONE]),
    (gettext_lazy("Safe contact"), True, lambda side: [f"{side.channel}: {side.address}"]),
    (gettext_lazy("Phone"), True, lambda side: [side.phone or NONE]),
    (gettext_lazy("State"), False, lambda side: [str(side.referral.get_state_display()), *_held(side)]),
    (gettext_lazy("Waits since"), False, lambda side: [when(side.referral.queue_from)]),
    (
        gettext_lazy("Choices"),
        False,
        lambda side: [_list(row.therapist.display_name, str(row.get_state_display())) for row in side.choices],
    ),
    (
        gettext_lazy("Waiting lists"),
        False,
        lambda side: [_list(row.therapist.display_name, str(row.get_state_display())) for row in side.entries],
    ),
)
