"""Leave: a pause with two dates that begins and ends by itself, on London's days."""

import datetime
from collections.abc import Iterator

import pytest
from django.urls import reverse

from accounts.actors import for_user
from core import clock
from core.actors import system
from core.clock import LONDON, Frozen
from tests.support.sign_in import signed_in
from therapists.models import Therapist
from therapists.selectors.standing import standing
from therapists.services.leave import leave_cancel, leave_set, leaves_turn
from therapists.services.profile import ProfileRefused
from therapists.services.week import new_people_pause
from therapists.tasks import turn_leaves

pytestmark = pytest.mark.django_db
MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=LONDON)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[Frozen]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen


def away(ben: Therapist, first: int, last: int) -> None:
    """Leave from `first` days after Monday to `last`, both included."""
    today = MONDAY.date()
    leave_set(therapist=ben, away_from=today + first * DAY, away_until=today + last * DAY, actor=for_user(ben.user))


def listed(ben: Therapist) -> bool:
    return standing(ben.pk, as_of=clock.now()).listed


def test_it_begins_and_ends_by_itself(ben: Therapist, now: Frozen) -> None:
    away(ben, 2, 4)
    for day, expected in ((1, True), (2, False), (4, False), (5, True)):
        now.at = MONDAY.replace(hour=0, minute=1) + day * DAY
        turn_leaves()
        assert listed(ben) is expected, day
    found = Therapist.objects.get(pk=ben.pk)
    assert (found.away_from, found.away_until, found.paused) == (None, None, False)


def test_from_today_it_holds_at_once_and_coming_back_early_ends_it(ben: Therapist, now: Frozen) -> None:
    away(ben, 0, 10)
    assert not listed(ben)
    new_people_pause(therapist=ben, paused=False, actor=for_user(ben.user))
    now.move(DAY)
    assert leaves_turn(actor=system("test")) == 0
    assert listed(ben)


def test_days_that_nobody_turned_are_made_up_for(ben: Therapist, now: Frozen) -> None:
    away(ben, 1, 3)
    now.move(20 * DAY)
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=clock.now())
    turn_leaves()
    assert listed(ben)
    assert leaves_turn(actor=system("test")) == 0


def test_a_planned_leave_outlasts_a_pause_by_hand_before_it(ben: Therapist) -> None:
    me = for_user(ben.user)
    away(ben, 5, 6)
    new_people_pause(therapist=ben, paused=True, actor=me)
    new_people_pause(therapist=ben, paused=False, actor=me)
    assert Therapist.objects.get(pk=ben.pk).away_from == MONDAY.date() + 5 * DAY


@pytest.mark.parametrize("begun", [0, 3])
def test_it_can_be_moved_and_taken_back(ben: Therapist, begun: int) -> None:
    away(ben, begun, 10)
    away(ben, 7, 9)
    assert listed(ben)
    assert Therapist.objects.get(pk=ben.pk).away_from == MONDAY.date() + 7 * DAY
    away(ben, 0, 9)
    assert not listed(ben)
    for _ in range(2):
        leave_cancel(therapist=ben, actor=for_user(ben.user))
    assert listed(ben)
    assert Therapist.objects.get(pk=ben.pk).away_until is None


@pytest.mark.parametrize(("first", "last"), [(4, 3), (-9, -1), (1, 400)])
def test_ends_that_make_no_sense_are_refused(ben: Therapist, first: int, last: int) -> None:
    with pytest.raises(ProfileRefused):
        away(ben, first, last)
    assert Therapist.objects.get(pk=ben.pk).away_from is None


def dates(first: tuple[str, ...], last: tuple[str, ...]) -> dict[str, str]:
    parts = ("day", "month", "year")
    typed = {f"away_from_{part}": value for part, value in zip(parts, first, strict=True)}
    return typed | {f"away_until_{part}": value for part, value in zip(parts, last, strict=True)}


def test_the_page_asks_says_what_is_wrong_and_takes_it_back(ben: Therapist) -> None:
    browser, address = signed_in(ben.user), reverse("therapists:leave")
    wrong = browser.post(address, dates(("4", "12", "2026"), ("3", "12", "2026"))).content.decode()
    assert "The last day must not be before the first" in wrong
    assert 'value="4"' in wrong
    assert "Enter the first day" in browser.post(address, {}).content.decode()
    assert "within a year" in browser.post(address, dates(("4", "12", "2026"), ("4", "12", "2028"))).content.decode()
    said = browser.post(address, dates(("4", "12", "2026"), ("6", "12", "2026")), follow=True).content.decode()
    assert "You are away from Friday 4 December to Sunday 6 December" in said
    assert "take the dates back" in browser.get(address).content.decode()
    browser.post(address, {"cancel": "1"})
    assert Therapist.objects.get(pk=ben.pk).away_from is None


def test_why_people_cannot_find_her_says_when_she_is_back(ben: Therapist) -> None:
    away(ben, 0, 3)
    text = signed_in(ben.user).get(reverse("therapists:listing")).content.decode()
    assert "You are away until Thursday 26 November and come back by yourself on the day after" in text
