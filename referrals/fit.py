"""Does this very place suit what somebody must have?

A therapist may fit by her other hours while the place that is free does not: holding it would promise an hour that the
client said she cannot come to.
"""

import datetime
from dataclasses import dataclass
from functools import reduce

from clients.preferences import DAY_PART_MASKS, Stated, Strength, Wish
from therapists.models import Place

ALL_HOURS = 2**21 - 1
NOON, FIVE = datetime.time(12), datetime.time(17)


def place_suits(stated: Stated, place: Place) -> bool:
    """Return whether the place's day, time, format and room leave every must about times and formats satisfiable.

    Whatever the place leaves open suits.
    """
    hours = place_hours(place)
    times = all(
        any(DAY_PART_MASKS.get(value, 0) & hours for value in wish.alternatives) for wish in _musts(stated.times)
    )
    return times and all(_format_suits(wish, place) for wish in _musts(stated.formats))


def place_hours(place: Place) -> int:
    """Return the 21-bit mask (day * 3 + part) of when the place can be: all bits when it is "any time"."""
    return _hours(place.day, place.time)


def _hours(day: int | None, time: datetime.time | None) -> int:
    if time is None:
        return ALL_HOURS if day is None else 0b111 << (day * 3)
    part = 0 if time < NOON else 1 if time < FIVE else 2
    return EVERY_DAY_PART[part] if day is None else 1 << (day * 3 + part)


EVERY_DAY_PART = tuple(sum(1 << (day * 3 + part) for day in range(7)) for part in range(3))


def _musts(wishes: tuple[Wish, ...]) -> list[Wish]:
    return [wish for wish in wishes if wish.strength >= Strength.MUST]


def _format_suits(wish: Wish, place: Place) -> bool:
    if place.session_format is not None:
        return place.session_format.slug in wish.alternatives
    # A place in a room is for meeting there.
    return place.location_id is None or "in-person" in wish.alternatives


@dataclass(frozen=True, slots=True)
class Needs:
    """What somebody must have of a place: `hours` (21 bits) and `formats` (slugs, sorted; empty: any).

    A place is one hour of the week, so several musts about times have to be met by the same hour.
    """

    hours: int
    formats: tuple[str, ...]


def needs_of(stated: Stated) -> Needs:
    """Return what waits on a list for a place that suits. No hour or no format left: no place can suit."""
    hours = ALL_HOURS
    for wish in _musts(stated.times):
        hours &= reduce(int.__or__, (DAY_PART_MASKS.get(value, 0) for value in wish.alternatives), 0)
    formats: set[str] | None = None
    for wish in _musts(stated.formats):
        formats = set(wish.alternatives) if formats is None else formats & set(wish.alternatives)
    if formats is not None and not formats:
        return Needs(0, ())
    return Needs(hours, tuple(sorted(formats or ())))


@dataclass(frozen=True, slots=True)
class Shape:
    """When and how a place can be: `hours` (21 bits), `format` (a slug; empty: any)."""

    hours: int
    format: str


# What of a place a shape is made of, in the order of `shape`.
SHAPE_COLUMNS = ("day", "time", "session_format__slug", "location_id")


def shape(day: int | None, time: datetime.time | None, slug: str | None, location_id: int | None) -> Shape:
    """Return the shape of a place with these columns. A place in a room is for meeting there."""
    return Shape(_hours(day, time), slug or ("" if location_id is None else "in-person"))


def shape_of(place: Place) -> Shape:
    """Return a place's shape. Its format is read."""
    slug = place.session_format.slug if place.session_format is not None else None
    return shape(place.day, place.time, slug, place.location_id)


def shape_suits(hours: int, formats: tuple[str, ...] | list[str], shape: Shape) -> bool:
    """Return whether a place of this shape meets these needs."""
    return bool(hours & shape.hours) and (not formats or not shape.format or shape.format in formats)
