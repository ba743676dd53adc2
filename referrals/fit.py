"""Does this very place suit what somebody must have?

A therapist may fit by her other hours while the place that is free does not: holding it would promise an hour that the
client said she cannot come to.
"""

import datetime

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
    if place.time is None:
        return ALL_HOURS if place.day is None else 0b111 << (place.day * 3)
    part = 0 if place.time < NOON else 1 if place.time < FIVE else 2
    return EVERY_DAY_PART[part] if place.day is None else 1 << (place.day * 3 + part)


EVERY_DAY_PART = tuple(sum(1 << (day * 3 + part) for day in range(7)) for part in range(3))


def _musts(wishes: tuple[Wish, ...]) -> list[Wish]:
    return [wish for wish in wishes if wish.strength >= Strength.MUST]


def _format_suits(wish: Wish, place: Place) -> bool:
    if place.session_format is not None:
        return place.session_format.slug in wish.alternatives
    # A place in a room is for meeting there.
    return place.location_id is None or "in-person" in wish.alternatives
