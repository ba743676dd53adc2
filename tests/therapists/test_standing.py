"""Listed or not: every reason alone hides, one bad registration outweighs a good one, and time passes by itself."""

import datetime

import pytest

from core import clock
from tests.factories import make_register, make_registration, make_therapist
from therapists.models import Register, Registration, Therapist
from therapists.selectors.standing import REASONS, standing

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def tuesday_noon():
    with clock.frozen(NOON) as frozen:
        yield frozen


def judge(therapist: Therapist, at: datetime.datetime = NOON):
    return standing(therapist.pk, as_of=at)


def test_a_good_therapist_with_a_place_is_listed() -> None:
    found = judge(make_therapist())
    assert (found.listed, found.has_place, found.reasons) == (True, True, ())


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"profile_verified_at": None}, "profile_not_verified"),
        ({"paused": True}, "paused"),
        ({"confirmed_at": None}, "not_confirmed"),
        ({"confirmed_at": NOON - datetime.timedelta(days=14, seconds=1)}, "not_confirmed"),
        ({"unanswered_in_a_row": 2}, "unanswered"),
        ({"monthly_limit": 2, "new_people_month": "2026-11", "new_people_count": 2}, "monthly_limit"),
        ({"monthly_limit": 0}, "monthly_limit"),
        ({"registered": False}, "no_active_registration"),
    ],
)
def test_each_reason_alone_hides(fields: dict, reason: str) -> None:
    found = judge(make_therapist(**fields))
    assert not found.listed
    assert not found.has_place
    assert found.reasons == (reason,)


@pytest.mark.parametrize(
    "fields",
    [
        {"confirmed_at": NOON - datetime.timedelta(days=14)},
        {"unanswered_in_a_row": 1},
        {"monthly_limit": 2, "new_people_month": "2026-11", "new_people_count": 1},
        {"monthly_limit": 2, "new_people_month": "2026-10", "new_people_count": 2},
    ],
)
def test_just_within_each_limit_is_listed(fields: dict) -> None:
    assert judge(make_therapist(**fields)).listed


@pytest.mark.parametrize("status", [s for s in Registration.Status.values if s != "active"])
def test_only_an_active_registration_counts(status: str) -> None:
    therapist = make_therapist(registered=False)
    make_registration(therapist, status=status)
    assert not judge(therapist).listed


@pytest.mark.parametrize(
    ("fields", "listed"),
    [
        ({"status": "suspended"}, False),
        ({"status": "removed"}, False),
        ({"status": "active_with_sanction"}, False),
        ({"status": "active_with_sanction", "sanction_reviewed_at": NOON}, True),
        ({"contradiction": "The register gives another name."}, False),
        ({"status": "lapsed"}, True),
        ({"status": "resigned_or_retired"}, True),
        ({"status": "not_found"}, True),
    ],
)
def test_one_bad_registration_on_any_register_hides_in_spite_of_a_good_one(fields: dict, listed: bool) -> None:
    therapist = make_therapist()
    make_registration(therapist, register="UKCP", **fields)
    assert judge(therapist).listed is listed


@pytest.mark.parametrize(
    ("fields", "listed"),
    [
        ({"accreditation": Register.Accreditation.SUSPENDED}, False),
        ({"accreditation": Register.Accreditation.WITHDRAWN}, False),
        ({"accreditation": Register.Accreditation.STATUTORY}, False),
        ({"accredited_from": datetime.date(2026, 11, 25)}, False),
        ({"accredited_until": datetime.date(2026, 11, 23)}, False),
        ({"accredited_until": datetime.date(2026, 11, 24)}, True),
        ({"accredited_from": None}, True),
        ({"active": False}, False),
    ],
)
def test_the_register_itself_must_be_accredited_on_the_day(fields: dict, listed: bool) -> None:
    make_register("HGI", **fields)
    therapist = make_therapist(registered=False)
    make_registration(therapist, register="HGI")
    assert judge(therapist).listed is listed


def test_time_alone_ends_a_listing() -> None:
    therapist = make_therapist(registered=False)
    make_registration(therapist, valid_until=datetime.date(2026, 11, 24))
    # London is on UTC in November: the last second of the day still counts.
    assert judge(therapist, datetime.datetime(2026, 11, 24, 23, 59, 59, tzinfo=datetime.UTC)).listed
    assert not judge(therapist, datetime.datetime(2026, 11, 25, 0, 0, tzinfo=datetime.UTC)).listed


def test_the_london_date_counts_in_summer_time() -> None:
    therapist = make_therapist(registered=False, confirmed_at=datetime.datetime(2027, 6, 28, tzinfo=datetime.UTC))
    make_registration(therapist, valid_until=datetime.date(2027, 6, 30))
    # 23:30 UTC on 30 June is half past midnight on 1 July in London.
    assert not judge(therapist, datetime.datetime(2027, 6, 30, 23, 30, tzinfo=datetime.UTC)).listed


def test_every_reason_has_words() -> None:
    therapist = make_therapist(registered=False, paused=True, profile_verified_at=None, confirmed_at=None)
    assert set(judge(therapist).reasons) <= set(REASONS)


def test_an_unknown_therapist_is_an_error_not_a_listing() -> None:
    with pytest.raises(Therapist.DoesNotExist):
        standing(0, as_of=NOON)


@pytest.mark.parametrize(
    ("limit", "closed", "on_it", "room"),
    [(0, False, 0, 0), (3, False, 0, 3), (3, False, 2, 1), (3, False, 3, 0), (3, False, 5, 0), (3, True, 0, 0)],
)
def test_a_list_takes_somebody_while_it_is_open_and_not_full(limit: int, closed: bool, on_it: int, room: int) -> None:
    therapist = make_therapist(list_limit=limit, list_closed=closed, list_entries=on_it, places=0)
    found = judge(therapist)
    assert (found.list_room, found.accepts_waiting, found.has_place, found.open) == (room, room > 0, False, room > 0)


def test_who_is_not_listed_takes_nobody_onto_a_list() -> None:
    found = judge(make_therapist(list_limit=3, paused=True))
    assert (found.accepts_waiting, found.open) == (False, False)
