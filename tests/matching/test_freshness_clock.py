"""The clock moves on, nothing is written, and the list changes at the very microsecond."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clients.preferences import Stated
from core import clock
from matching.models import RegisterChange
from matching.services.ranking import rank_now
from matching.store import store
from tests.matching.database import store_lists, store_person
from tests.matching.world import NOON, TODAY, Person, Place, Registration, Room
from therapists.selectors.standing import standing_for

pytestmark = pytest.mark.django_db

TICK = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_register() -> Iterator[None]:
    """The process's register, as pages use it, begins and ends with each test."""
    store.forget()
    yield
    store.forget()


def midnight(day: dt.date) -> dt.datetime:
    """The moment at which a London day begins."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo("Europe/London")).astimezone(dt.UTC)


# What she is, the last moment of the old state, and whether she is listed before and after it.
CHANGES: dict[str, tuple[dict[str, Any], dt.datetime, bool, bool]] = {
    "a hold expires": ({"places": [Place(held_until=NOON)]}, NOON, False, True),
    "14 days without confirming": ({"confirmed_at": NOON - 14 * DAY}, NOON, True, False),
    "her registration ends": (
        {"registrations": [Registration("good", valid_until=TODAY)]},
        midnight(TODAY + DAY) - TICK,
        True,
        False,
    ),
    "one registration ends and another on a register accredited later begins": (
        {"registrations": [Registration("starts-soon")]},
        midnight(dt.date(2026, 11, 24)) - TICK,
        False,
        True,
    ),
    "the register's accreditation ends": (
        {"registrations": [Registration("ends-soon")]},
        midnight(dt.date(2026, 11, 26)) - TICK,
        True,
        False,
    ),
    "a place is free from a date": (
        {"places": [Place(available_from=TODAY + 2 * DAY)]},
        midnight(TODAY + 2 * DAY) - TICK,
        False,
        True,
    ),
    "a month with its limit reached is over": (
        {"monthly_limit": 1, "new_people": ("2026-11", 1)},
        midnight(dt.date(2026, 12, 1)) - TICK,
        False,
        True,
    ),
    "a month with its limit reached begins": (
        {"monthly_limit": 1, "new_people": ("2026-12", 1)},
        midnight(dt.date(2026, 12, 1)) - TICK,
        True,
        False,
    ),
    "her contract begins": (
        {"contracts": [("insurer", TODAY + DAY, None)]},
        midnight(TODAY + DAY) - TICK,
        False,
        True,
    ),
    "her contract ends": ({"contracts": [("insurer", TODAY, TODAY)]}, midnight(TODAY + DAY) - TICK, True, False),
    "the funder itself begins to pay": (
        {"contracts": [("council", dt.date(2026, 1, 1), None)]},
        midnight(dt.date(2026, 11, 20)) - TICK,
        False,
        True,
    ),
    "the funder itself ends": (
        {"contracts": [("council", dt.date(2026, 1, 1), None)]},
        midnight(dt.date(2026, 12, 1)) - TICK,
        True,
        False,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_time_alone_changes_the_list(change: str) -> None:
    values, last, before, after = CHANGES[change]
    lists = store_lists()
    # Confirmed lately enough for the moment asked about, unless confirming is what is tested.
    store_person(Person(1, **{"confirmed_at": last - 7 * DAY, **values}), lists)
    # Somebody beside her whom the moment does not concern.
    always = dt.date(2026, 1, 1)
    beside = {"confirmed_at": last - 7 * DAY, "rooms": [Room(20, 530_000, 180_000)]}
    store_person(Person(2, contracts=[("insurer", always, None), ("council", always, None)], **beside), lists)
    funder = next((slug for slug, *_ in values.get("contracts", [])), "")

    def listed() -> set[int]:
        return {row.therapist_id for row in rank_now(Stated(funder=funder), seed=1).rows} & {1}

    with clock.frozen(last) as frozen:
        assert listed() == ({1} if before else set())
        lens, lines = store.current().lens, RegisterChange.objects.count()
        frozen.move(TICK)
        assert listed() == ({1} if after else set())
        assert store.current().lens is lens, "nothing was read again"
        assert RegisterChange.objects.count() == lines, "and nothing was written"
        frozen.move(-TICK)
        assert listed() == ({1} if before else set())


def test_the_selectors_say_the_same_at_the_same_moments() -> None:
    """All of the above that concern standing and places, in one register, asked at every boundary of each other."""
    lists = store_lists()
    people = {}
    for pk, (values, *_) in enumerate(CHANGES.values(), start=1):
        people[pk] = store_person(Person(pk, **values), lists)
    for _, last, _, _ in CHANGES.values():
        for moment in (last - TICK, last, last + TICK):
            with clock.frozen(moment):
                found = {row.therapist_id for row in rank_now(Stated(), seed=1, limit=99).rows}
                standing = standing_for(people, as_of=moment)
            assert found == {pk for pk, one in standing.items() if one.listed and one.free_for_new > 0}
