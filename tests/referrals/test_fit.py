"""The place that is held is one the client can come to."""

import datetime

import pytest

from clients.preferences import Stated, Strength, Wish, any_of
from referrals.fit import place_suits
from therapists.models import Place, SessionFormat

SIX = datetime.time(18)
MUST = Strength.MUST


def place(day: int | None = None, time: datetime.time | None = None, slug: str = "", room: int | None = None) -> Place:
    return Place(day=day, time=time, session_format=SessionFormat(slug=slug) if slug else None, location_id=room)


@pytest.mark.parametrize(
    ("wanted", "given", "suits"),
    [
        (["weekday-evening"], place(1, SIX), True),
        (["weekday-evening"], place(5, SIX), False),
        (["weekday-evening", "weekend-evening"], place(5, SIX), True),
        (["weekday-evening"], place(1, datetime.time(16, 59)), False),
        (["weekday-evening"], place(1, datetime.time(17)), True),
        (["tue-morning"], place(1), True),
        (["tue-morning"], place(2), False),
        (["tue-morning"], place(None, datetime.time(9)), True),
        (["tue-morning"], place(), True),
        (["no-such-time"], place(1, SIX), False),
    ],
)
def test_must_times(wanted: list[str], given: Place, suits: bool) -> None:
    assert place_suits(Stated(times=any_of(wanted, MUST)), given) is suits


@pytest.mark.parametrize(
    ("wanted", "given", "suits"),
    [
        (["video"], place(slug="video"), True),
        (["video"], place(slug="in-person"), False),
        (["video", "phone"], place(slug="phone"), True),
        (["video"], place(room=4), False),
        (["in-person"], place(room=4), True),
        (["video"], place(), True),
    ],
)
def test_must_formats(wanted: list[str], given: Place, suits: bool) -> None:
    assert place_suits(Stated(formats=any_of(wanted, MUST)), given) is suits


def test_a_wish_never_rules_a_place_out() -> None:
    stated = Stated(times=(Wish("mon-morning", Strength.IMPORTANT),), formats=(Wish("video", Strength.NICE),))
    assert place_suits(stated, place(6, SIX, "in-person", 3))
