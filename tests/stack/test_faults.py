"""Worker, Redis, PostgreSQL and mail server fail in every way we know: nothing is lost, doubled or promised twice."""

from random import Random

import pytest

from tests.stack.fault_stack import FaultStack
from tests.stack.faults import FAULTS, suffer
from tests.support.acts import World

SEED = 20261122
PEOPLE = 400
# Two stacks, so that two processes share the work.
ON_THE_WAY = {name for name in FAULTS if name.startswith(("smtp", "killed"))}
PARTS = {"on the way": sorted(ON_THE_WAY), "around it": sorted(FAULTS.keys() - ON_THE_WAY)}
RUNS, FAULTS_A_RUN = 10, 10


@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_fault_once(fault_stack: FaultStack, part: str) -> None:
    world = World(people=PEOPLE)
    world.fill(1, 2, 3)
    world.free(2)
    for name in PARTS[part]:
        suffer(name, fault_stack, world, Random(f"{SEED} {name}"))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(RUNS))
def test_a_hundred_random_faults(fault_stack: FaultStack, seed: int) -> None:
    dice, world = Random(seed), World(people=PEOPLE)
    world.fill(seed, seed // 3, seed // 7)
    world.free(seed % 4)
    for number in range(FAULTS_A_RUN):
        name = dice.choice(sorted(FAULTS))
        print(f"seed {seed}, fault {number}: {name}")
        suffer(name, fault_stack, world, dice)
