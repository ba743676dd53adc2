"""Killing the worker at five points of the road loses and doubles nothing."""

import random
import time

import pytest

from tests.stack.road import Road, assert_nothing_lost_or_doubled, assert_sound, settle, travel_to_working_morning
from tests.support.stack import LiveStack
from therapists.models import Therapist

FIVE_SEEDED_POINTS = 20261122


def walk_with_kills(stack: LiveStack, road: Road, seed: int) -> None:
    """After each step wait a moment that the seed chooses, kill the worker in whatever it does, start another."""
    dice = random.Random(seed)
    for step in road.steps:
        step()
        time.sleep(dice.uniform(0, 0.3))
        stack.kill_worker()
        stack.start_worker()


def test_a_worker_killed_at_five_points_loses_and_doubles_nothing(
    live_stack: LiveStack, ben: Therapist, cara: Therapist
) -> None:
    travel_to_working_morning(live_stack)
    road = Road(ben, cara)
    walk_with_kills(live_stack, road, FIVE_SEEDED_POINTS)
    settle(live_stack)
    assert_nothing_lost_or_doubled(live_stack)
    assert_sound(road.referral)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_many_workers_killed(live_stack: LiveStack, ben: Therapist, cara: Therapist, seed: int) -> None:
    travel_to_working_morning(live_stack)
    road = Road(ben, cara)
    walk_with_kills(live_stack, road, seed)
    settle(live_stack)
    assert_nothing_lost_or_doubled(live_stack)
    assert_sound(road.referral)
