"""Everybody does anything at the same time, over real connections, while ticks run: whatever comes of it, nothing that
may never be is. The dice are seeded, the order in which the connections meet is not.
"""

import datetime
import logging
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from core import clock
from referrals.tasks import tick
from tests.concurrency.lists import unlocked
from tests.concurrency.race import race
from tests.support.acts import ACTS, NUMBERS, OFTEN, World
from tests.support.invariants import broken_after_tick, broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
HANDS, ACTS_EACH = 4, 10
# Before the night in which the clocks go back.
FRIDAY = datetime.datetime(2026, 10, 23, 10, tzinfo=clock.LONDON)
HOURS = (1, 9, 30, 72, 24 * 6, 24 * 15, 24 * 29)


def storm(world: World, seed: int) -> list[Any]:
    """Let several hands throw their own dice at once, and two ticks beside them. Returns what went wrong."""

    def hand(number: int) -> Callable[[], None]:
        dice = Random(f"{seed} {number}")
        names = [*sorted(ACTS), *OFTEN, *OFTEN]

        def throw() -> None:
            for _ in range(ACTS_EACH):
                world.do(dice.choice(names), *(dice.randrange(NUMBERS) for _ in range(3)))

        return throw

    results = race(*[hand(number) for number in range(HANDS)], tick, tick)
    return [result for result in results if isinstance(result, Exception)]


def weather(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """Two storms with hours or days between them, so that in the second much is over and falls due at once."""
    dice = Random(seed)
    with clock.frozen(FRIDAY) as now, caplog.at_level(logging.ERROR):
        world = World()
        world.fill(seed, seed + 1, 15)
        for hours in (0, dice.choice(HOURS)):
            now.move(datetime.timedelta(hours=hours))
            problems = storm(world, dice.randrange(1_000_000))
            tick()
            assert not problems
            assert not broken_invariants(clock.now())
            assert not broken_after_tick(clock.now())
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("seed", range(2))
def test_a_storm_leaves_nothing_broken(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    weather(seed, caplog)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_storms(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    weather(seed, caplog)


def test_a_storm_without_locks_breaks_something_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: list[Any] = []
    unlocked(monkeypatch)
    for seed in range(10, 20):
        world = World()
        world.fill(seed, seed + 1, 15)
        wrong += storm(world, seed)
        wrong += broken_invariants(clock.now())
        if wrong:
            break
    assert wrong
