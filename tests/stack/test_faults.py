"""Worker, Redis, PostgreSQL and mail server fail in every way we know: nothing is lost, doubled or promised twice."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from django.core.cache import cache

from tests.stack.fault_stack import FaultStack
from tests.stack.faults import FAULTS, suffer
from tests.stack.road import travel_to_working_morning
from tests.support.world import World

SEED = 20261122
PEOPLE = 400
# Two stacks, so that two processes share the work.
PARTS = {
    "mail": sorted(name for name in FAULTS if name.startswith("smtp") or name.startswith("killed")),
    "services": sorted(name for name in FAULTS if not (name.startswith("smtp") or name.startswith("killed"))),
}


@pytest.fixture
def stack(transactional_db: None, settings: pytest.FixtureRequest) -> Iterator[FaultStack]:
    """The platform, every part of it breakable."""
    stack = FaultStack(Path(tempfile.mkdtemp(prefix="rapport-faults-")))
    settings.CLOCK_OFFSET_FILE = str(stack.offset_file)
    settings.CELERY_BROKER_URL = f"redis+socket://{stack.sockets / 'redis.sock'}"
    settings.SITE_URL = stack.base_url
    try:
        with stack.database.in_use():
            cache.clear()
            travel_to_working_morning(stack)
            stack.start()
            try:
                yield stack
            finally:
                stack.stop()
    finally:
        shutil.rmtree(stack.folder, ignore_errors=True)


@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_fault_once(stack: FaultStack, part: str) -> None:
    world = World(therapists=4, people=PEOPLE)
    for name in PARTS[part]:
        suffer(name, stack, world, Random(f"{SEED} {name}"))
