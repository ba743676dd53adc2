"""The platform with every part of it breakable."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from tests.stack.fault_stack import FaultStack
from tests.stack.road import travel_to_working_morning


@pytest.fixture
def fault_stack(transactional_db: None, settings: pytest.FixtureRequest) -> Iterator[FaultStack]:
    """Worker, beat, PostgreSQL, Redis and mail server of this test's own, on a working morning."""
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
