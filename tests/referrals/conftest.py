"""Every referral test stands at Monday 23 November 2026, 10am, unless it moves the clock."""

from collections.abc import Iterator

import pytest

from core import clock
from core.clock import Frozen
from tests.referrals.given import MONDAY


@pytest.fixture(autouse=True)
def now() -> Iterator[Frozen]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen
