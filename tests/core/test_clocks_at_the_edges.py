"""Deadlines where they go wrong: clock changes, year ends, leap days, the four nations, every minute of an edge.

Years past those whose holidays are published are tried with the rules by which holidays have been set for decades.
"""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.clock import LONDON
from core.working_calendar import (
    WorkingCalendar,
    next_waking_moment,
    outside_quiet_hours,
    waking_hours_after,
    waking_time_between,
)
from tests.core import slow_clocks
from tests.core.test_working_time import MASKS, MON_TO_FRI, NATIONS, calendar, easter, london

YEARS = range(2026, 2033)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def last_sunday(year, month):
    day = dt.date(year, month, 31)
    return day - dt.timedelta(days=(day.weekday() + 1) % 7)


# Hours in which the clocks change, or in which a window opens or closes.
EDGES = frozenset({0, 1, 2, 7, 8, 16, 17, 19, 20})
CHANGES = [last_sunday(year, month) for year in YEARS for month in (3, 10)]


def by_rule(nation, year):
    """Bank holidays by the rules, without the extra ones that are proclaimed."""
    days = {easter(year) - 2 * DAY}
    if nation != "scotland":
        days.add(easter(year) + DAY)

    def monday(month, last=False):
        day = dt.date(year, month, 31 if last else 1)
        return day - day.weekday() * DAY if last else day + (-day.weekday() % 7) * DAY

    days |= {monday(5), monday(5, last=True), monday(8) if nation == "scotland" else monday(8, last=True)}
    fixed = [(1, 1), *([(1, 2)] if nation == "scotland" else []), (12, 25), (12, 26)]
    fixed += {"scotland": [(11, 30)], "northern-ireland": [(3, 17), (7, 12)]}.get(nation, [])
    for month, number in fixed:
        day = dt.date(year, month, number)
        while day.weekday() > 4 or day in days:
            day += DAY
        days.add(day)
    return days


def ruled(nation):
    return WorkingCalendar(frozenset(day for year in YEARS for day in by_rule(nation, year)))


RULED = {nation: ruled(nation) for nation in ("england", "wales", "scotland", "northern-ireland")}
ALL_MINUTES = st.integers(
    0, (dt.datetime(2032, 12, 1, tzinfo=dt.UTC) - dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) // MINUTE
)
STARTS = ALL_MINUTES.map(lambda number: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + number * MINUTE)


def around(day):
    """Return moments from a week before a date to a day after it: each minute near an edge, else each half hour."""
    first = dt.datetime.combine(day - 7 * DAY, dt.time(0), dt.UTC)
    moments = [first + number * MINUTE for number in range(9 * 24 * 60)]
    return [at for at in moments if at.minute % 30 == 0 or at.astimezone(LONDON).hour in EDGES]


@pytest.mark.parametrize("nation", list(RULED))
@pytest.mark.parametrize("year", [2027, 2028])
def test_the_rules_agree_with_what_is_published(nation, year):
    assert by_rule(nation, year) == {day for day in calendar(nation).holidays if day.year == year}


class TestAgainstTheSlowOne:
    @given(STARTS, st.integers(1, 60))
    @example(london("2026-10-25T00:30"), 24)
    @example(london("2028-02-28T19:59"), 24)
    @example(london("2027-12-31T20:00"), 1)
    def test_waking_hours(self, start, hours):
        assert waking_hours_after(start, hours) == slow_clocks.waking_hours_after(start, hours)

    @given(STARTS, st.integers(0, 6 * 24 * 60))
    def test_waking_time_between(self, start, minutes):
        end = start + minutes * MINUTE
        assert waking_time_between(start, end) == slow_clocks.waking_minutes_between(start, end) * MINUTE

    @settings(max_examples=50)
    @given(STARTS, st.integers(1, 10), NATIONS)
    @example(london("2028-12-31T23:59"), 3, "scotland")
    @example(london("2027-12-24T16:59"), 7, "england")
    def test_working_days(self, start, n, nation):
        days = RULED[nation]
        assert days.working_days_after(start, n) == slow_clocks.working_days_after(start, n, days.holidays)

    @settings(max_examples=50)
    @given(STARTS, st.integers(0, 127), NATIONS)
    @example(london("2027-03-26T17:00"), MON_TO_FRI, "northern-ireland")
    @example(london("2026-12-30T17:00"), MON_TO_FRI, "scotland")
    def test_a_therapists_answer(self, start, mask, nation):
        days = RULED[nation]
        assert days.answer_due(answering_days_mask=mask, start=start) == slow_clocks.answer_due(
            start, mask, days.holidays
        )


@pytest.mark.parametrize("day", CHANGES, ids=str)
def test_every_minute_around_a_clock_change(day):
    minutes = around(day)
    for answered in (
        lambda start: waking_hours_after(start, 24),
        next_waking_moment,
        outside_quiet_hours,
        lambda start: RULED["england"].answer_due(answering_days_mask=MON_TO_FRI, start=start),
        lambda start: RULED["england"].working_days_after(start, 3),
    ):
        due = [answered(start) for start in minutes]
        assert all(first <= second for first, second in pairwise(due))
        assert {moment.astimezone(LONDON).utcoffset() for moment in due} == {HOUR * 0, HOUR}
    assert all(dt.time(8) < waking_hours_after(start, 24).astimezone(LONDON).time() <= dt.time(20) for start in minutes)


@pytest.mark.parametrize("day", CHANGES, ids=str)
def test_a_night_of_another_length_takes_nothing_from_the_waking_day(day):
    evening = dt.datetime.combine(day - DAY, dt.time(20), LONDON).astimezone(dt.UTC)
    morning = dt.datetime.combine(day, dt.time(8), LONDON).astimezone(dt.UTC)
    assert morning - evening == (11 if day.month == 3 else 13) * HOUR
    assert waking_time_between(evening, morning) == 0 * HOUR
    assert waking_hours_after(evening, 12) == morning + 12 * HOUR
    for hour in range(4):  # also in the hour that does not exist, or exists twice
        for fold in (0, 1):
            night = dt.datetime.combine(day, dt.time(hour, 30, fold=fold), LONDON).astimezone(dt.UTC)
            assert next_waking_moment(night) == outside_quiet_hours(night) == morning
            assert waking_hours_after(night, 24) == morning + DAY + 12 * HOUR


@given(STARTS, st.integers(0, 14 * 24 * 60), MASKS, NATIONS)
def test_a_later_request_is_never_due_earlier_and_never_past_three_working_days(start, minutes, mask, nation):
    days, later = RULED[nation], start + minutes * MINUTE
    first, second = (days.answer_due(answering_days_mask=mask, start=moment) for moment in (start, later))
    assert start < first <= second <= days.working_days_after(later, 3)
    # Three working days, counted on the calendar: no more than three of them end between request and deadline.
    ends = [start.astimezone(LONDON).date() + number * DAY for number in range(1, 20)]
    assert sum(days.is_working_day(day) and day <= first.astimezone(LONDON).date() for day in ends) <= 3


@given(STARTS, st.integers(1, 100_000))
def test_waking_time_goes_there_and_back(start, seconds):
    due = waking_hours_after(start, seconds / 3600)
    assert abs(waking_time_between(start, due) - dt.timedelta(seconds=seconds)) < dt.timedelta(milliseconds=1)
    assert waking_time_between(due, start) == dt.timedelta()


def test_windows_are_half_open_to_the_second():
    second = dt.timedelta(seconds=1)
    days = calendar()
    five = london("2026-11-23T17:00")
    assert days.answer_due(answering_days_mask=MON_TO_FRI, start=five - second) == london("2026-11-24T17:00")
    assert days.answer_due(answering_days_mask=MON_TO_FRI, start=five) == london("2026-11-25T17:00")
    eight = london("2026-11-23T20:00")
    assert waking_hours_after(eight - second, 12) == london("2026-11-24T19:59:59")
    assert waking_hours_after(eight, 12) == waking_hours_after(eight + second, 12) == london("2026-11-24T20:00")
    assert next_waking_moment(eight - second) == eight - second and next_waking_moment(eight) > eight
    assert waking_time_between(eight - second, eight + second) == second


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # The second of January is a holiday in Scotland alone.
        ("2026-12-31T18:00", {"england": "01-04", "wales": "01-04", "northern-ireland": "01-04", "scotland": "01-05"}),
        # St Andrew's Day.
        ("2026-11-27T18:00", {"england": "11-30", "wales": "11-30", "northern-ireland": "11-30", "scotland": "12-01"}),
        # The Twelfth, on the Monday after.
        ("2026-07-10T18:00", {"england": "07-13", "wales": "07-13", "northern-ireland": "07-14", "scotland": "07-13"}),
        # St Patrick's Day.
        ("2027-03-16T18:00", {"england": "03-17", "wales": "03-17", "northern-ireland": "03-18", "scotland": "03-17"}),
        # Easter Monday is none in Scotland.
        ("2027-03-25T18:00", {"england": "03-30", "wales": "03-30", "northern-ireland": "03-30", "scotland": "03-29"}),
        # Summer: the first Monday of August in Scotland, the last elsewhere.
        ("2027-07-30T18:00", {"england": "08-02", "wales": "08-02", "northern-ireland": "08-02", "scotland": "08-03"}),
        ("2027-08-27T18:00", {"england": "08-31", "wales": "08-31", "northern-ireland": "08-31", "scotland": "08-30"}),
        # Christmas and Boxing Day on a weekend: both substitutes.
        ("2027-12-24T18:00", {"england": "12-29", "wales": "12-29", "northern-ireland": "12-29", "scotland": "12-29"}),
    ],
)
def test_the_next_working_day_of_each_nation(start, due):
    for nation, day in due.items():
        assert (
            calendar(nation).working_days_after(london(start), 1).astimezone(LONDON).strftime("%m-%d %H") == f"{day} 17"
        )


@pytest.mark.parametrize("nation", list(RULED))
def test_the_leap_day_is_a_working_day_and_a_waking_one(nation):
    assert calendar(nation).working_days_after(london("2028-02-28T12:00"), 1) == london("2028-02-29T17:00")
    assert waking_hours_after(london("2028-02-28T20:00"), 24) == london("2028-03-01T20:00")
    assert waking_time_between(london("2028-02-28T20:00"), london("2028-03-01T08:00")) == 12 * HOUR
