"""A client's clocks: how long she has to answer, and how long a place waits for her to be told."""

import csv
import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import therapists.reference
from clients.models import Client
from core import working_time
from core.clock import LONDON
from core.reference.data import load_bank_holidays
from core.words import hour, when
from core.working_calendar import waking_time_between
from referrals import clocks
from tests.core import slow_clocks
from tests.core.test_clocks_at_the_edges import CHANGES, around
from tests.core.test_working_time import NATIONS, london

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
CHANNELS = st.sampled_from(Client.Channel.values)
OPTIONS = st.lists(st.sampled_from([*sorted(clocks.HELPERS), "quiet-room", "easy-read"]), max_size=2)
STARTS = st.integers(0, 1_500_000).map(lambda number: london("2026-01-01T00:00") + number * dt.timedelta(minutes=1))
any_time = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def bank_holidays(db, settings, monkeypatch):
    monkeypatch.setattr(working_time, "_cached", {})
    settings.REFERENCE_CACHE_SECONDS = 3600
    load_bank_holidays(overwrite=False)


def somebody(channel="email", *options, nation="england"):
    return Client(contact_channel=channel, nation=nation, access_needs={"options": list(options)})


class TestAnswer:
    @pytest.mark.parametrize(
        ("client", "told", "due"),
        [
            # 24 waking hours: two days of twelve, whatever the day of the week.
            (somebody(), "2026-11-24T10:00", "2026-11-26T10:00"),
            (somebody("sms"), "2026-11-28T09:30", "2026-11-30T09:30"),
            # Handed over between 8pm and 9pm, when messages may still go out: the clock starts in the morning.
            (somebody("sms"), "2026-11-24T20:45", "2026-11-26T20:00"),
            (somebody(), "2026-12-24T19:00", "2026-12-26T19:00"),
            # Both nights when the clocks change.
            (somebody(), "2026-10-24T19:00", "2026-10-26T19:00"),
            (somebody(), "2027-03-27T19:00", "2027-03-29T19:00"),
            # A letter.
            (somebody("letter"), "2026-11-24T10:00", "2026-12-03T17:00"),
            (somebody("letter", nation="scotland"), "2026-11-24T10:00", "2026-12-04T17:00"),
            (somebody("letter"), "2026-12-18T10:00", "2026-12-31T17:00"),
            (somebody("letter", nation="scotland"), "2026-12-29T10:00", "2027-01-11T17:00"),
            # Through somebody else: the third working day.
            (somebody("email", "bsl-interpreter"), "2026-11-24T10:00", "2026-11-27T17:00"),
            (somebody("sms", "text-relay", "quiet-room"), "2026-11-27T10:00", "2026-12-02T17:00"),
            (
                somebody("email", "spoken-interpreter", nation="northern-ireland"),
                "2027-03-15T10:00",
                "2027-03-19T17:00",
            ),
            # The longest rule counts.
            (somebody("letter", "bsl-interpreter"), "2026-11-24T10:00", "2026-12-03T17:00"),
            (somebody("email", "quiet-room"), "2026-11-24T10:00", "2026-11-26T10:00"),
        ],
    )
    def test_examples(self, client, told, due):
        assert clocks.client_answer_due(client, london(told)) == london(due)

    def test_the_way_the_message_really_took_decides(self):
        told = london("2026-11-24T10:00")
        by_letter = clocks.client_answer_due(somebody("letter"), told)
        assert clocks.client_answer_due(somebody("email"), told, "letter") == by_letter
        assert clocks.client_answer_due(somebody("letter"), told, "sms") == london("2026-11-26T10:00")

    def test_a_helper_never_shortens_it(self, settings):
        settings.OFFER_ANSWER_WAKING_HOURS = 80
        told = london("2026-11-24T10:00")
        client = somebody("email", "text-relay")
        assert clocks.client_answer_due(client, told) == clocks.client_answer_due(somebody(), told)

    def test_the_service_may_decide_on_other_figures(self, settings):
        settings.OFFER_ANSWER_WAKING_HOURS, settings.OFFER_ANSWER_LETTER_WORKING_DAYS = 36, 10
        told = london("2026-11-24T10:00")
        assert clocks.client_answer_due(somebody(), told) == london("2026-11-27T10:00")
        assert clocks.client_answer_due(somebody("letter"), told) == london("2026-12-08T17:00")

    def test_every_helper_is_a_need_that_can_be_chosen(self):
        rows = Path(therapists.reference.__file__).parent / "data" / "access_options.csv"
        assert {row["slug"] for row in csv.DictReader(rows.open(encoding="utf-8"))} >= clocks.HELPERS

    @any_time
    @given(STARTS, st.integers(0, 20_000), CHANNELS, OPTIONS, NATIONS)
    @example(london("2028-02-28T20:00"), 1, "email", [], "scotland")
    @example(london("2026-10-25T00:30"), 60, "sms", ["text-relay"], "wales")
    def test_it_ends_awake_is_long_enough_and_keeps_its_order(self, told, minutes, channel, options, nation):
        client = somebody(channel, *options, nation=nation)
        due = clocks.client_answer_due(client, told)
        assert dt.time(8) < due.astimezone(LONDON).time() <= dt.time(20)
        assert waking_time_between(told, due) >= 24 * HOUR
        assert due <= clocks.client_answer_due(client, told + dt.timedelta(minutes=minutes))

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
    @given(STARTS, CHANNELS, OPTIONS, NATIONS)
    def test_it_agrees_with_the_slow_one(self, told, channel, options, nation):
        holidays = working_time.holidays(nation)
        due = [slow_clocks.waking_hours_after(told, 24)]
        if channel == "letter":
            due.append(slow_clocks.working_days_after(told, 7, holidays))
        if set(options) & clocks.HELPERS:
            due.append(slow_clocks.working_days_after(told, 3, holidays))
        assert clocks.client_answer_due(somebody(channel, *options, nation=nation), told) == max(due)

    @pytest.mark.parametrize("day", [day for day in CHANGES if day.year < 2029], ids=str)
    @pytest.mark.parametrize("client", [somebody(), somebody("letter"), somebody("sms", "text-relay")], ids=str)
    def test_every_minute_around_a_clock_change(self, day, client):
        due = [clocks.client_answer_due(client, told) for told in around(day)]
        assert all(first <= second for first, second in pairwise(due))
        assert all(dt.time(8) < moment.astimezone(LONDON).time() <= dt.time(20) for moment in due)


class TestUntold:
    @pytest.mark.parametrize(
        ("channel", "until"),
        [("email", "2026-12-02T17:00"), ("sms", "2026-12-02T17:00"), ("letter", "2026-12-11T17:00")],
    )
    def test_a_place_waits_for_the_message(self, channel, until):
        assert clocks.untold_until(somebody(channel), london("2026-11-27T10:00")) == london(until)

    def test_the_clients_nation_decides(self):
        assert clocks.untold_until(somebody(nation="scotland"), london("2026-11-27T10:00")) == london(
            "2026-12-03T17:00"
        )


class TestHalfTime:
    @pytest.mark.parametrize(
        ("told", "due", "half"),
        [
            ("2026-11-24T10:00", "2026-11-26T10:00", "2026-11-25T10:00"),
            ("2026-11-24T20:45", "2026-11-26T20:00", "2026-11-26T08:00"),  # 8pm sharp: next morning, not at night
            ("2026-10-24T19:00", "2026-10-26T19:00", "2026-10-25T19:00"),
            ("2026-11-24T10:00", "2026-12-03T17:00", "2026-11-28T19:30"),
        ],
    )
    def test_examples(self, told, due, half):
        assert clocks.half_time(london(told), london(due)) == london(half)

    @any_time
    @given(STARTS, CHANNELS, OPTIONS, NATIONS)
    def test_it_lies_between_both_by_day_with_time_left(self, told, channel, options, nation):
        due = clocks.client_answer_due(somebody(channel, *options, nation=nation), told)
        half = clocks.half_time(told, due)
        assert told < half < due
        assert dt.time(8) <= half.astimezone(LONDON).time() < dt.time(20)
        spent, left = waking_time_between(told, half), waking_time_between(half, due)
        assert abs(spent - left) < dt.timedelta(milliseconds=1)

    def test_no_time_has_no_half(self):
        due = london("2026-11-25T07:00")
        assert clocks.half_time(london("2026-11-24T21:00"), due) == due
        assert clocks.half_time(due, london("2026-11-24T12:00")) == london("2026-11-24T12:00")


def test_leaving_can_be_undone_for_four_waking_days():
    assert clocks.leave_undo_until(london("2026-11-24T10:00")) == london("2026-11-28T10:00")
    assert clocks.leave_undo_until(london("2026-10-24T23:00")) == london("2026-10-28T20:00")


@any_time
@given(STARTS, CHANNELS, OPTIONS, NATIONS)
def test_what_is_printed_is_never_later_than_what_counts(told, channel, options, nation):
    """Words have no seconds: they leave some out, never add any, and name a time that exists once."""
    told += dt.timedelta(seconds=41)
    due = clocks.client_answer_due(somebody(channel, *options, nation=nation), told)
    local = due.astimezone(LONDON)
    to_the_minute = local.replace(second=0, microsecond=0)
    assert when(due) == when(to_the_minute) and to_the_minute <= local
    assert hour(due)[-2:] in {"am", "pm"} or hour(due) == "midday"
    assert local.replace(fold=1).utcoffset() == local.utcoffset()
