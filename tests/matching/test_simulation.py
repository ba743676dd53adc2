"""The simulated month: repeatable, within the places there are, read-only, and silent about small groups."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from clients.preferences import Stated, Wish
from matching.engine.columns import microseconds
from matching.engine.rank import rank
from matching.engine.widen import widen
from matching.exposure.tally import Share
from matching.models import Exposure, ExposureBatch
from matching.simulation import supply as supplies
from matching.simulation.demand import Area, Demand, eased
from matching.simulation.month import Looking, Month, Outcome, Process, Simulation, releases
from matching.simulation.parity import Parity, gini
from matching.simulation.report import SMALL, figures, text
from matching.simulation.supply import FREE_FROM, Supply
from matching.weights import EVIDENCE
from tests.matching.columns import BOOK

START = dt.date(2026, 11, 23)
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
AREAS = [Area("LS", "england", 430_000, 434_000, 790), Area("CF", "wales", 318_000, 176_000, 1020)]


def supply_of(count: int, seed: int = 1) -> Supply:
    supply, occupied = supplies.synthetic(count, AREAS, BOOK, seed, NOON)
    supplies.keep_confirming(supply, NOON)
    supplies.add_occupied(
        supply, occupied, releases(np.random.default_rng(seed), len(occupied), microseconds(NOON), 84)
    )
    return supply


def simulation(count: int = 400, seed: int = 1, **process: Any) -> Simulation:
    assumed = Process(**{"arrivals": 15.0, **process})
    return Simulation(supply_of(count, seed), Demand(BOOK, AREAS, seed), EVIDENCE, assumed, seed)


def month(days: int = 8, **how: Any) -> Month:
    return simulation(**how).run(START, days, lambda _over, _days: None)


# Gini.


@pytest.mark.parametrize(
    ("got", "fair", "expected"),
    [
        ([5, 5, 5, 5], [1, 1, 1, 1], 0.0),
        ([2, 4, 6], [1, 2, 3], 0.0),
        ([0, 0, 0, 8], [1, 1, 1, 1], 0.75),
        ([0, 2], [1, 1], 0.5),
        ([1, 3], [1, 1], 0.25),
        ([7], [0], 0.0),
        ([0, 0], [1, 1], 0.0),
    ],
)
def test_gini_as_worked_out_by_hand(got: list[float], fair: list[float], expected: float) -> None:
    assert gini(np.array(got, float), np.array(fair, float)) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=1, max_size=30))
def test_gini_is_the_mean_difference_of_the_textbook(pairs: list[tuple[int, int]]) -> None:
    got, fair = (np.array(column, float) for column in zip(*pairs, strict=True))
    if not got.sum():
        return
    # Each unit of fair share is a person; half the mean absolute difference, relative to the mean.
    each, mean = np.repeat(got / fair, fair.astype(int)), got.sum() / fair.sum()
    expected = np.abs(each[:, None] - each[None, :]).mean() / (2 * mean)
    assert gini(got, fair) == pytest.approx(expected, abs=1e-9)


def test_parity_tells_lots_from_an_order_by_number() -> None:
    parity, ids, lots = Parity(40, 1), np.arange(100, 140), np.random.default_rng(5)
    for _list in range(2_000):
        equals = np.sort(lots.choice(40, 30, replace=False))
        parity.add(ids, Share(lots.choice(equals, 10, replace=False), equals[:0], equals, 1 / 3))
    found = parity.figures()
    assert found["rotation"]["gini"] < 0.03 and 0.5 < found["rotation"]["evenness"] < 1.8
    assert found["by number"]["gini"] > 0.4 and found["by number"]["evenness"] > 100
    assert found["by number"]["never shown, per cent"] > 20 and found["rotation"]["never shown, per cent"] == 0
    with pytest.raises(ValueError, match="other people"):
        parity.add(ids + 1, Share(np.arange(1), np.arange(0), np.arange(2), 0.5))


# The month.


def test_the_same_seed_gives_the_same_month_and_another_another() -> None:
    assert figures(month()) == figures(month())
    assert figures(month()) != figures(month(seed=2))


def test_everybody_who_came_is_counted_once_and_every_wait_is_within_the_month() -> None:
    found = month()
    counted = figures(found)
    assert counted["people"] == len(found.outcomes)
    assert 0 < found.used == sum(one.days is not None for one in found.outcomes) <= found.offered
    assert all(0 <= one.days <= 8 + 2 for one in found.outcomes if one.days is not None)
    assert all(0 <= one.met <= 1 for one in found.outcomes if one.met is not None)


def test_nobody_gets_a_place_that_somebody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    given_out: list[tuple[int, int, int]] = []
    real = Simulation._answer

    def answer(self: Simulation, one: Looking, therapist: int, place: int, moment: int) -> bool:
        assert self.supply.places[FREE_FROM][place] <= moment, "the place is free"
        assert self.supply.places[0][place] == therapist
        done = real(self, one, therapist, place, moment)
        if done:
            assert self.supply.places[FREE_FROM][place] > moment
            given_out.append((one.number, place, moment))
        return done

    monkeypatch.setattr(Simulation, "_answer", answer)
    simulation(count=60).run(START, 12, lambda _over, _days: None)
    assert len(given_out) > 20
    assert len({number for number, _place, _moment in given_out}) == len(given_out), "one place each"


def test_where_places_are_few_people_wait_longer_and_some_go_without() -> None:
    plenty, few = figures(month(count=400)), figures(month(count=30))
    key = "with a place, per cent"
    assert few["everybody"][key] < plenty["everybody"][key] - 20
    assert 40 < few["share of places taken, per cent"] <= 100


def test_whoever_waits_too_long_gives_up() -> None:
    found = month(count=10, days=6, patience_days=2)
    assert any(one.days is None for one in found.outcomes)
    assert figures(found)["people"] == len(found.outcomes)


@pytest.mark.parametrize("rule", ["distance", "must:time:weekday-evening", "must:gender:woman", "language_need"])
def test_easing_a_rule_brings_what_widening_says(rule: str) -> None:
    lens = supply_of(400).lens("test")
    stated = Stated(
        point=(430_000, 434_000, 1_000),
        miles=5,
        distance_must=True,
        formats=(Wish("in-person", 3),),
        times=(Wish("weekday-evening", 3),),
        genders=(Wish("woman", 3),),
        languages=(Wish("cy", 3),) if rule == "language_need" else (),
    )
    before = rank(stated, lens, EVIDENCE, 1, NOON)
    gain = next(one for one in widen(before.plan, before.view).gains if one.rules == (rule,))
    after = rank(eased(stated, rule), lens, EVIDENCE, 1, NOON)
    assert after.eligible - before.eligible == gain.gain
    assert eased(stated, "access") == stated


def test_demand_is_believable_and_the_same_for_the_same_seed() -> None:
    demand, again = Demand(BOOK, AREAS, 3), Demand(BOOK, AREAS, 3)
    people = [demand.person() for _ in range(500)]
    assert people == [again.person() for _ in range(500)]
    assert len({person.seed for person in people}) == 500
    welsh = sum("region: wales" in person.groups for person in people)
    assert 200 < welsh < 360, "in proportion to who lives there"
    assert all(len(person.groups) == 5 for person in people)


# What is said.


def test_small_groups_are_not_described() -> None:
    def some(count: int, group: str) -> list[Outcome]:
        return [Outcome((group,), 3, 0.5, False)] * count

    found = Month(Parity(3, 1), outcomes=[*some(SMALL - 1, "small"), *some(SMALL, "enough")])
    groups = figures(found)["groups"]
    assert groups["small"] == {"people": f"fewer than {SMALL}"}
    assert groups["enough"]["people"] == SMALL and groups["enough"]["median days"] == 3
    lines = "\n".join(text(figures(found)))
    assert f"<{SMALL}" in lines and "wishes met" in lines


def test_few_with_a_place_have_no_wait_worth_saying() -> None:
    outcomes = [Outcome(("group",), 3, 0.5, False)] * 5 + [Outcome(("group",), None, None, False)] * 30
    assert "median days" not in figures(Month(Parity(3, 1), outcomes=outcomes))["groups"]["group"]


# The command.


@pytest.fixture
def reference(db: None) -> None:
    call_command("load_reference", verbosity=0)


@pytest.mark.usefixtures("reference")
def test_the_command_reports_writes_json_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    statements: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql.strip().split()[0].upper())
        return execute(sql, *rest)

    files = [tmp_path / name for name in ("one.json", "two.json")]
    with connection.execute_wrapper(watch):
        for file in files:
            call_command(
                "simulate_matching", therapists=300, days=3, arrivals=30, seed=4, json=file, start=dt.date(2026, 11, 23)
            )
    assert set(statements) <= {"SELECT", "SET", "SAVEPOINT", "RELEASE", "WITH", "COPY"}
    found, again = (json.loads(file.read_text()) for file in files)
    assert found == again
    assert found["asked"]["therapists"] == 300 and found["people"] > 50
    assert set(found["fairness among equals"]) == {"rotation", "ideal lots", "by number"}
    assert "evenness" in capsys.readouterr().out
    assert not Exposure.objects.exists() and not ExposureBatch.objects.exists()


@pytest.mark.usefixtures("reference")
def test_the_loaded_register_with_its_occupied_places(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="register is empty"):
        call_command("simulate_matching", days=1)
    call_command("seed_demo", therapists=80, verbosity=0)
    call_command("simulate_matching", days=2, arrivals=10)
    out = capsys.readouterr().out
    assert "the loaded register" in out and "Took" in out
    supply, occupied = supplies.from_database()
    assert len(occupied) > 80, "places that somebody has come free in time"
    assert supply.therapists >= 80


@pytest.mark.django_db
def test_without_reference_data_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="load_reference"):
        call_command("simulate_matching", therapists=10)


@pytest.mark.parametrize(
    "option", ["--days=0", "--days=x", "--arrivals=-1", "--seed=-1", "--therapists=0", "--start=tomorrow"]
)
def test_bad_options_are_refused_with_their_reason(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((CommandError, SystemExit)) as refused:
        call_command("simulate_matching", option)
    assert option.split("=", maxsplit=1)[0] in str(refused.value) + capsys.readouterr().err
