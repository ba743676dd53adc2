"""Anything anybody may do about lists and places, in any order, with time passing: the domain's invariants hold after
each step.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import clock
from core.clock import LONDON
from notifications.channels import SENDERS
from notifications.channels.base import NeverDelivered, Parcel, TryAgain
from notifications.tasks import deliver_due
from referrals import tasks
from referrals.models import Offer, Referral
from referrals.selectors.now import now_words
from referrals.selectors.timeline import timeline
from referrals.services.reconciliation import problems
from tests.support import list_acts
from tests.support.invariants import broken_after_tick, broken_invariants, broken_openings
from tests.support.world import ACTS, NUMBERS, World

assert list_acts, "importing it adds its acts"
NUMBER = st.integers(0, NUMBERS - 1)
HOURS = st.sampled_from([1, 5, 9, 24, 30, 72, 24 * 6, 24 * 11, 24 * 29])
# Friday before the clocks go back, the last days of the year, and a leap day's eve.
STARTS = [
    datetime.datetime(2026, 11, 23, 10, tzinfo=LONDON),
    datetime.datetime(2026, 10, 23, 10, tzinfo=LONDON),
    datetime.datetime(2026, 12, 23, 10, tzinfo=LONDON),
    datetime.datetime(2028, 2, 27, 10, tzinfo=LONDON),
]


class Lists(RuleBasedStateMachine):
    """Four therapists with none to two places and short lists, up to six people, the desk, the registers, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.seen = 0
        self.ticked = False

    def teardown(self) -> None:
        self.frozen.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(
        start=st.sampled_from(STARTS), orders=st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=2, max_size=4)
    )
    def begin(self, start: datetime.datetime, orders: list[tuple[int, int, int]]) -> None:
        self.frozen = clock.frozen(start)
        self.now = self.frozen.__enter__()
        self.world = World()
        for order in orders:
            self.world.do("send", *order)

    @rule(name=st.sampled_from(sorted(ACTS)), a=NUMBER, b=NUMBER, c=NUMBER)
    def somebody(self, name: str, a: int, b: int, c: int) -> None:
        self.ticked = False
        self.world.do(name, a, b, c)

    @rule(problem=st.sampled_from([None, None, None, TryAgain("later"), NeverDelivered("never")]))
    def messages_go_out(self, problem: Exception | None) -> None:
        with handed_over(problem):
            deliver_due()
        self.ticked = False

    @rule(hours=HOURS, ticking=st.booleans())
    def time_passes(self, hours: int, ticking: bool) -> None:
        self.now.move(datetime.timedelta(hours=hours))
        self.ticked = False
        if ticking:
            self.tick()

    @rule()
    def tick(self) -> None:
        # The tick leaves a bad row for later and says so; here there may be none.
        with patch.object(tasks.logger, "exception", side_effect=AssertionError("the tick met a bad row")):
            tasks.tick()
        self.ticked = True

    @invariant()
    def the_twelve_hold(self) -> None:
        now = clock.now()
        wrong = broken_invariants(now) + broken_openings(now, after_offer=self.seen)
        if self.ticked:
            wrong += broken_after_tick(now) + [f"{pk}: {what}" for pk, what in problems(now).items()]
        self.seen = Offer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        assert not wrong, "\n".join(wrong)

    @invariant()
    def pages_have_words_for_it(self) -> None:
        for referral in Referral.objects.select_related("client"):
            assert now_words(referral).lines
            assert timeline(referral)


@contextmanager
def handed_over(problem: Exception | None) -> Iterator[None]:
    """Messages go through everything but the wire: they arrive, or fail with this problem."""

    def send(parcel: Parcel) -> None:
        if problem is not None:
            raise problem

    with patch.dict(SENDERS, dict.fromkeys(SENDERS, send)):
        yield


def explore(examples: int, steps: int, *, shrink: bool = True) -> None:
    run_state_machine_as_test(
        Lists,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        ),
    )


@pytest.mark.django_db
def test_the_invariants_hold() -> None:
    explore(examples=50, steps=50)
