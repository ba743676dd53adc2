"""What must hold of the forecast whatever the history is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from matching.forecast import AHEAD, HORIZON, History, forecast
from matching.forecast.pool import AGES, learn
from matching.forecast.predict import chances, live_turns, tables
from matching.forecast.recorded import STEPS, correct
from matching.forecast.wait import UNKNOWN
from tests.matching.practices import TODAY, practices

NONE = np.zeros(0, np.int64)


def history_of(people: int, turns: list[tuple[int, int, int, int]], **fields) -> History:
    """`turns`: (row, days ago it began, days it lasted, 0 goes on or was closed, 1 ended, 2 live)."""
    row, ago, days, kind = (np.array(column, np.int64) for column in zip(*turns, strict=True)) if turns else [NONE] * 4
    start = TODAY - ago
    plain = {
        "today": TODAY,
        "ids": np.arange(people) * 3 + 5,
        "family": np.arange(people) % 3,
        "area": np.arange(people) % 4,
        "modality_row": np.arange(people),
        "modality": np.arange(people) % 5,
        "row": row,
        "start": start,
        "end": np.where(kind == 2, TODAY, np.minimum(start + days, TODAY)),
        "ended": kind == 1,
        "live": kind == 2,
        "known_row": NONE,
        "known_day": NONE,
    }
    return History(**{**plain, **fields})


@st.composite
def histories(draw: st.DrawFn) -> History:
    people = draw(st.integers(1, 6))
    turn = st.tuples(st.integers(0, people - 1), st.integers(0, 2500), st.integers(0, 2500), st.integers(0, 2))
    known = draw(st.lists(st.tuples(st.integers(0, people - 1), st.integers(0, 1200)), max_size=5))
    return history_of(
        people,
        draw(st.lists(turn, max_size=80)),
        known_row=np.array([row for row, _ in known], np.int64),
        known_day=np.array([TODAY + day for _, day in known], np.int64),
    )


def or_longer(weeks: np.ndarray) -> np.ndarray:
    return np.where(weeks != UNKNOWN, weeks.astype(int), HORIZON + 1)


def test_the_same_history_gives_the_same_forecast() -> None:
    found, again = (forecast(practices(4, people=200).history) for _ in range(2))
    assert np.array_equal(found.median, again.median)
    assert np.array_equal(found.eight_in_ten, again.eight_in_ten)


@given(histories())
@settings(max_examples=15, deadline=None)
def test_any_history_gives_ordered_weeks(history: History) -> None:
    found = forecast(history)
    assert found.median.shape == (len(history.ids), AHEAD + 1)
    known = found.median != UNKNOWN
    assert np.array_equal(known, found.eight_in_ten != UNKNOWN)
    assert (found.median <= found.eight_in_ten).all()
    assert found.eight_in_ten.max(initial=0) <= HORIZON
    for weeks in (found.median, found.eight_in_ten):
        assert (np.diff(or_longer(weeks), axis=1) >= 0).all(), (
            "more people ahead, no shorter wait; and no guess after a gap"
        )


@given(histories())
@settings(max_examples=10, deadline=None)
def test_nothing_is_said_from_fewer_than_ten_people(history: History) -> None:
    found = forecast(history)
    recent = history.ended & (history.end > TODAY - 728)
    counted = np.bincount(history.row[recent], minlength=len(history.ids))
    assert np.array_equal(found.based_on, counted), "the count is a count"
    assert (found.median[counted < 10] == UNKNOWN).all()


@given(
    factors=hnp.arrays(np.float64, 2, elements=st.floats(0.05, 20)),
    ages=st.lists(st.integers(0, 900), min_size=1, max_size=6),
)
@settings(max_examples=20, deadline=None)
def test_faster_endings_and_more_places_make_shorter_waits(factors: np.ndarray, ages: list[int]) -> None:
    slow, fast = np.sort(factors)
    turns = [(row, age, 0, 2) for row in (0, 1) for age in ages] + [(1, ages[0], 0, 2)]
    history = history_of(2, turns, family=np.zeros(2, np.int64))
    pool = learn(practices(1, people=60).history)
    pool = replace(pool, endings=np.zeros(2), expected=np.zeros(2), suggest=np.array([slow, slow]))
    live, table = live_turns(history), tables(pool)
    rows = np.arange(2)
    before = chances(pool, table, live, rows, 5)
    after = chances(replace(pool, suggest=np.array([fast, fast])), table, live, rows, 5)
    tiny = 1e-9
    assert (after >= before - tiny).all()
    assert (before[1] >= before[0] - tiny).all(), "one more place in use"
    assert (np.diff(before, axis=2) >= -tiny).all()
    assert (np.diff(before, axis=1) <= tiny).all()
    assert before.min() >= 0
    assert before.max() <= 1


def test_a_therapist_whose_people_leave_sooner_has_shorter_waits() -> None:
    # Two practices alike but for the length of their turns.
    def turns(row: int, length: int) -> list[tuple[int, int, int, int]]:
        past = [(row, 20 + length * number, length, 1) for number in range(1, 700 // length)]
        return [*past, (row, 20, 0, 2), (row, 60, 0, 2)]

    found = forecast(history_of(2, turns(0, 35) + turns(1, 60)))
    assert (found.median[0] <= found.median[1])[found.median[1] > 0].all()
    assert found.median[0, 1] < found.median[1, 1]


def test_a_thin_history_leans_on_people_like_her_and_a_long_one_speaks_for_itself() -> None:
    many = [(row, 700 - 40 * n, 40, 1) for row in range(1, 40) for n in range(16)] + [(r, 20, 0, 2) for r in range(40)]
    hers = [(0, 700 - 160 * n, 160, 1) for n in range(4)]
    thin = learn(history_of(40, many + hers[:1]))
    more = learn(history_of(40, many + hers * 3))
    factor = [shape[0] / rate[0] for shape, rate in (pool.own_factor() for pool in (thin, more))]
    assert factor[1] < factor[0] < 1.05
    raw = more.endings[0] / more.expected[0]
    assert raw < factor[1], "her own count alone would say more than four turns can"


def test_a_known_day_is_certain_and_counts_for_one_person() -> None:
    past = [(0, 700 - 40 * n, 40, 1) for n in range(15)] + [(0, 10, 0, 2)]
    plain = forecast(history_of(1, past))
    sooner = forecast(history_of(1, past, known_row=np.array([0]), known_day=np.array([TODAY + 8])))
    assert sooner.eight_in_ten[0, 0] == 2
    assert (or_longer(sooner.eight_in_ten) <= or_longer(plain.eight_in_ten)).all()
    assert np.array_equal(sooner.eight_in_ten[0, 2:8], plain.eight_in_ten[0, 1:7])
    only = forecast(history_of(1, past[:-1], known_row=np.array([0]), known_day=np.array([TODAY + 30])))
    assert (only.median[0, 0], only.eight_in_ten[0, 0], only.median[0, 1]) == (5, 5, UNKNOWN)


def test_new_places_all_taken_today_do_not_promise_an_early_ending() -> None:
    past = [(0, 700 - 100 * n + shift, 100, 1) for n in range(7) for shift in (0, 15)]
    settled = forecast(history_of(1, [*past, (0, 60, 0, 2), (0, 80, 0, 2)]))
    fresh = forecast(history_of(1, [*past, *[(0, 1, 0, 2)] * 2]))
    assert fresh.median[0, 0] > settled.median[0, 0] + 3


def test_closing_places_makes_waits_longer() -> None:
    past = [(0, 700 - 60 * n + shift, 60, 1) for n in range(11) for shift in (0, 15, 30)]
    four = forecast(history_of(1, past + [(0, 20 + n, 0, 2) for n in range(4)]))
    one = forecast(history_of(1, [*past, *[(0, 20 + n, 10, 0) for n in range(3)], (0, 23, 0, 2)]))
    assert (or_longer(one.median) > or_longer(four.median))[0, 1:6].all()


def test_as_of_an_earlier_day_nothing_later_is_known() -> None:
    history = practices(3, people=40).history
    then = history.at(TODAY - 200)
    assert then.end.max() <= TODAY - 200
    assert not (then.ended & then.live).any()
    later = history.ended & (history.end > TODAY - 200) & (history.start < TODAY - 200)
    assert then.live.sum() >= later.sum() > 0
    assert then.ended.sum() == (history.ended & (history.end <= TODAY - 200)).sum()


def test_the_correction_is_a_curve_from_none_to_all_and_says_nothing_of_an_empty_record() -> None:
    known = correct(practices(2, people=400).history)
    assert known.cases > 1000
    assert known.held is not None
    for correction in (known, correct(history_of(1, []))):
        assert (np.diff(correction.curve, axis=2) >= -1e-12).all()
        assert (correction.curve[..., 0] == 0).all()
        assert correction.curve[..., -1] == pytest.approx(1)
    assert correction.held is None
    assert correction.curve == pytest.approx(np.broadcast_to(np.linspace(0, 1, STEPS + 1), correction.curve.shape))


def test_the_first_place_is_a_lomax_of_the_gathered_hazard() -> None:
    pool = learn(practices(1, people=60).history)
    pool = replace(pool, endings=np.array([3.0]), expected=np.array([2.0]), suggest=np.array([1.2]), shape=4.0)
    history = history_of(1, [(0, 30, 0, 2), (0, 200, 0, 2)], family=np.zeros(1, np.int64))
    table = tables(pool)
    found = chances(pool, table, live_turns(history), np.array([0]), 1)[0, 0]
    gathered = table.hazard[0, 4] + table.hazard[0, 28]
    assert found == pytest.approx(1 - (1 + gathered / (4 / 1.2 + 2)) ** -7.0)
    assert table.hazard.shape == (3, AGES, HORIZON)


def test_turnover_is_that_of_a_renewal_process() -> None:
    pool = learn(practices(1, people=60).history)
    hazard = np.full((1, AGES), 0.1)
    table = tables(replace(pool, hazard=hazard, season=np.ones(52)))
    each_week = 1 - np.exp(-0.1)
    assert table.turnover[0, 0] == pytest.approx(each_week * np.arange(1, HORIZON + 1)), "no memory: so many each week"
