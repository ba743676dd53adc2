"""Deadlines: worked examples on real calendars, and properties over random ones."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.reference
from core import clock, working_time
from core.clock import LONDON
from core.reference.data import load_bank_holidays
from core.working_calendar import WorkingCalendar, answering_days_clean
from core.working_time import next_waking_moment, outside_quiet_hours, waking_hours_after

FILE = Path(core.reference.__file__).with_name("bank_holidays.csv")
MON_TO_FRI = 0b0011111
ROWS = list(csv.DictReader(FILE.open(encoding="utf-8")))


def calendar(nation="england"):
    return WorkingCalendar(frozenset(dt.date.fromisoformat(row["date"]) for row in ROWS if row["nation"] == nation))


def london(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(dt.UTC)


def easter(year):
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return dt.date(year, f // 31, f % 31 + 1)


class TestBankHolidays:
    @pytest.mark.parametrize("year", range(2025, 2029))
    def test_easter_stands_where_the_moon_puts_it(self, year):
        friday, monday = easter(year) - dt.timedelta(2), easter(year) + dt.timedelta(1)
        for nation in ("england", "wales", "northern-ireland"):
            assert {friday, monday} <= calendar(nation).holidays
        assert friday in calendar("scotland").holidays and monday not in calendar("scotland").holidays

    def test_every_one_falls_on_a_weekday(self):
        assert all(dt.date.fromisoformat(row["date"]).weekday() < 5 for row in ROWS)

    @pytest.mark.parametrize(
        ("nation", "number"), [("england", 8), ("wales", 8), ("scotland", 9), ("northern-ireland", 10)]
    )
    def test_each_nation_has_its_number_of_them_each_year(self, nation, number):
        for year in range(2025, 2029):
            extra = (nation, year) == ("scotland", 2026)
            found = [day for day in calendar(nation).holidays if day.year == year]
            assert len(found) == number + extra

    @pytest.mark.parametrize(
        ("nation", "day"),
        [
            ("england", "2026-12-28"),  # Boxing Day on a Saturday
            ("england", "2027-12-27"),  # Christmas Day on a Saturday
            ("england", "2027-12-28"),
            ("scotland", "2028-01-04"),  # 2 January on a Sunday, after New Year's substitute
            ("scotland", "2025-12-01"),  # St Andrew's Day on a Sunday
            ("northern-ireland", "2026-07-13"),  # the Twelfth on a Sunday
        ],
    )
    def test_substitute_days(self, nation, day):
        assert dt.date.fromisoformat(day) in calendar(nation).holidays


class TestAnswerDue:
    """Monday 23 November 2026 is an ordinary day in England."""

    @pytest.mark.parametrize(
        ("start", "mask", "due"),
        [
            ("2026-11-22T21:00", MON_TO_FRI, "2026-11-24T17:00"),  # Sunday night: Monday is the first
            ("2026-11-23T10:00", MON_TO_FRI, "2026-11-24T17:00"),  # made before Monday's end: Monday counts
            ("2026-11-23T16:59:59", MON_TO_FRI, "2026-11-24T17:00"),
            ("2026-11-23T17:00", MON_TO_FRI, "2026-11-25T17:00"),  # at the end: Monday does not count
            ("2026-11-23T10:00", 0b0000101, "2026-11-25T17:00"),  # Mondays and Wednesdays
            ("2026-11-23T17:00", 0b0000011, "2026-11-26T17:00"),  # Mondays and Tuesdays: the cap, Thursday
            ("2026-11-27T10:00", 0b1100000, "2026-11-29T17:00"),  # weekends, because she says so
            ("2026-11-23T10:00", 0, "2026-11-26T17:00"),  # a broken mask still gives an end
            ("2026-12-24T18:00", MON_TO_FRI, "2026-12-30T17:00"),  # Christmas, and Boxing Day's substitute
        ],
    )
    def test_examples(self, start, mask, due):
        assert calendar().answer_due(answering_days_mask=mask, start=london(start)) == london(due)

    def test_the_nation_decides(self):
        st_andrews = london("2026-11-29T12:00")
        due = {
            n: calendar(n).answer_due(answering_days_mask=MON_TO_FRI, start=st_andrews) for n in ("england", "scotland")
        }
        assert due == {"england": london("2026-12-01T17:00"), "scotland": london("2026-12-02T17:00")}

    def test_a_leap_day_is_a_day(self):
        due = calendar().answer_due(answering_days_mask=MON_TO_FRI, start=london("2028-02-28T18:00"))
        assert due == london("2028-03-01T17:00")

    @pytest.mark.parametrize(
        ("start", "due_utc"),
        [
            ("2026-03-27T18:00", "2026-03-31T16:00+00:00"),  # clocks go forward on the 29th: 5pm is 4pm UTC
            ("2026-10-23T18:00", "2026-10-27T17:00+00:00"),  # clocks go back on the 25th: 5pm is 5pm UTC
        ],
    )
    def test_it_stays_five_oclock_when_the_clocks_change(self, start, due_utc):
        due = calendar().answer_due(answering_days_mask=MON_TO_FRI, start=london(start))
        assert due == dt.datetime.fromisoformat(due_utc)

    def test_two_answering_days_a_week_are_asked_for(self):
        assert answering_days_clean(0b0000011) == 3
        for mask in (0, 0b1000000, 128, -1):
            with pytest.raises(ValueError, match="day"):
                answering_days_clean(mask)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("start", "n", "due"),
        [
            ("2026-11-24T10:00", 2, "2026-11-26T17:00"),
            ("2026-11-24T23:30", 2, "2026-11-26T17:00"),
            ("2026-11-27T10:00", 1, "2026-11-30T17:00"),
            ("2026-12-23T10:00", 7, "2027-01-06T17:00"),
        ],
    )
    def test_examples(self, start, n, due):
        assert calendar().working_days_after(london(start), n) == london(due)

    def test_there_is_no_deadline_in_no_days(self):
        with pytest.raises(ValueError, match="working day"):
            calendar().working_days_after(london("2026-11-24T10:00"), 0)


class TestWakingHours:
    @pytest.mark.parametrize(
        ("start", "hours", "due"),
        [
            ("2026-11-24T10:00", 24, "2026-11-26T10:00"),
            ("2026-11-24T08:00", 12, "2026-11-24T20:00"),  # (8am, 8pm]: the end belongs to the window
            ("2026-11-24T20:00", 12, "2026-11-25T20:00"),
            ("2026-11-24T03:00", 24, "2026-11-25T20:00"),
            ("2026-11-24T23:00", 1, "2026-11-25T09:00"),
            ("2026-03-28T20:00", 12, "2026-03-29T20:00"),  # a night with an hour less
            ("2026-10-24T20:00", 12, "2026-10-25T20:00"),  # and one with an hour more
        ],
    )
    def test_examples(self, start, hours, due):
        assert waking_hours_after(london(start), hours) == london(due)

    def test_no_time_at_all_is_refused(self):
        with pytest.raises(ValueError, match="longer"):
            waking_hours_after(london("2026-11-24T10:00"), 0)

    @pytest.mark.parametrize(
        ("start", "waking", "sendable"),
        [
            ("2026-11-24T07:59:59", "2026-11-24T08:00", "2026-11-24T08:00"),
            ("2026-11-24T08:00", "2026-11-24T08:00", "2026-11-24T08:00"),
            ("2026-11-24T20:00", "2026-11-25T08:00", "2026-11-24T20:00"),
            ("2026-11-24T21:00", "2026-11-25T08:00", "2026-11-25T08:00"),
            ("2026-10-24T21:30", "2026-10-25T08:00", "2026-10-25T08:00"),
        ],
    )
    def test_moments_at_the_edges(self, start, waking, sendable):
        assert next_waking_moment(london(start)) == london(waking)
        assert outside_quiet_hours(london(start)) == london(sendable)


MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2028, 11, 30), timezones=st.just(dt.UTC))  # noqa: DTZ001
MASKS = st.integers(0, 127).filter(lambda mask: mask.bit_count() >= 2)
NATIONS = st.sampled_from(["england", "scotland", "wales", "northern-ireland"])


@given(MOMENTS, MASKS, NATIONS)
def test_an_answer_is_due_at_five_within_three_working_days_and_never_before_the_request(start, mask, nation):
    days = calendar(nation)
    due = days.answer_due(answering_days_mask=mask, start=start)
    local = due.astimezone(LONDON)
    assert local.time() == dt.time(17)
    assert start < due <= days.working_days_after(start, 3)
    if due < days.working_days_after(start, 3):
        assert mask >> local.weekday() & 1 and local.date() not in days.holidays


@given(MOMENTS, st.floats(0, 200), MASKS, NATIONS)
def test_a_later_request_is_never_due_earlier(start, hours, mask, nation):
    days, later = calendar(nation), start + dt.timedelta(hours=hours)
    assert days.answer_due(answering_days_mask=mask, start=start) <= days.answer_due(
        answering_days_mask=mask, start=later
    )
    assert days.working_days_after(start, 2) <= days.working_days_after(later, 2)


@given(MOMENTS, st.floats(0.01, 100))
def test_waking_time_ends_awake_and_measures_what_was_asked(start, hours):
    due = waking_hours_after(start, hours)
    assert dt.time(8) < due.astimezone(LONDON).time() <= dt.time(20)
    awake, moment = dt.timedelta(), start
    while moment < due:
        opens = next_waking_moment(moment)
        day = opens.astimezone(LONDON).date()
        closes = min(due, dt.datetime.combine(day, dt.time(20), LONDON).astimezone(dt.UTC))
        awake += max(closes - opens, dt.timedelta())
        moment = max(closes, opens)
    assert abs(awake - dt.timedelta(hours=hours)) < dt.timedelta(milliseconds=1)


@given(MOMENTS, st.floats(0, 100), st.floats(0.01, 60))
def test_waking_deadlines_keep_their_order(start, later, hours):
    assert waking_hours_after(start, hours) <= waking_hours_after(start + dt.timedelta(hours=later), hours)


@given(MOMENTS)
def test_messages_never_leave_in_quiet_hours_nor_wait_longer_than_a_night(start):
    sent = outside_quiet_hours(start)
    assert dt.time(8) <= sent.astimezone(LONDON).time() < dt.time(21)
    assert dt.timedelta() <= sent - start <= dt.timedelta(hours=12)


@pytest.mark.django_db
class TestByNation:
    def test_the_calendar_comes_from_the_rows(self):
        load_bank_holidays(overwrite=False)
        start = london("2026-11-29T12:00")
        assert working_time.holidays("scotland") == calendar("scotland").holidays
        assert working_time.answer_due(answering_days_mask=MON_TO_FRI, nation="scotland", start=start) == london(
            "2026-12-02T17:00"
        )
        assert working_time.working_days_after(start, 1, "england") == london("2026-11-30T17:00")

    def test_an_unknown_nation_is_an_error_not_englands_calendar(self):
        with pytest.raises(ValueError, match="atlantis"):
            working_time.calendar("atlantis")

    def test_rows_are_kept_for_a_while_and_then_read_again(self, settings, django_assert_num_queries, monkeypatch):
        monkeypatch.setattr(working_time, "_cached", {})
        settings.REFERENCE_CACHE_SECONDS = 60
        with django_assert_num_queries(1):
            working_time.holidays("wales")
            working_time.holidays("wales")
        settings.REFERENCE_CACHE_SECONDS = 0
        load_bank_holidays(overwrite=False)
        assert working_time.holidays("wales")

    def test_today_has_no_part_in_it(self):
        with clock.frozen(london("2026-01-01T12:00")):
            assert waking_hours_after(london("2026-11-24T10:00"), 1) == london("2026-11-24T11:00")
