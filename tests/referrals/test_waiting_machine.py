"""Anything anybody may do about lists and places, in any order, with time passing: the domain's invariants hold after
each step.
"""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import clock
from core.clock import LONDON
from notifications.channels import SENDERS
from notifications.channels.base import NeverDelivered, Parcel, TryAgain
from notifications.tasks import deliver_due
from referrals import tasks
from referrals.models import Offer, Referral, ReferralEvent
from referrals.selectors.now import now_words
from referrals.selectors.timeline import timeline
from referrals.services.reconciliation import problems
from tests.support.acts import ACTS, NUMBERS, OFTEN, World
from tests.support.facts import histories
from tests.support.invariants import broken_after_tick, broken_invariants, broken_openings

NUMBER = st.integers(0, NUMBERS - 1)
# Seeds, and how many worlds of fifty steps each of them makes.
SHARES, EXAMPLES = (0, 2), 6
HOURS = st.sampled_from([0, 0, 0, 0, 0, 1, 1, 5, 9, 24, 24, 30, 72, 24 * 6, 24 * 15, 24 * 29])
NAMES = [*sorted(ACTS), *OFTEN, *OFTEN, *OFTEN]
DONE = st.tuples(st.sampled_from(NAMES), NUMBER, NUMBER, NUMBER)
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
        self.seen = self.seen_event = 0
        self.ticked = False

    def teardown(self) -> None:
        self.frozen.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(start=st.sampled_from(STARTS), apart=st.sampled_from([2, 3, 1, 0, None]), one=NUMBER, two=NUMBER)
    def begin(self, start: datetime.datetime, apart: int | None, one: int, two: int) -> None:
        """`apart`: so many who met do not go on; None: nobody has come yet but one."""
        self.frozen = clock.frozen(start)
        self.now = self.frozen.__enter__()
        self.world = World()
        if apart is None:
            self.world.do("send", one, two, 7)
        else:
            self.world.fill(one, two, one + two)
            self.world.free(apart)
            self.seen = _last_offer()
            self.tick()

    @rule(done=DONE)
    def somebody(self, done: tuple[str, int, int, int]) -> None:
        self.ticked = False
        self.world.do(*done)

    @rule(done=DONE)
    def somebody_else(self, done: tuple[str, int, int, int]) -> None:
        self.somebody(done)

    @rule(problem=st.sampled_from([None, None, None, TryAgain("later"), NeverDelivered("never")]))
    def messages_go_out(self, problem: Exception | None) -> None:
        with handed_over(problem):
            deliver_due()
        self.ticked = False

    @rule(hours=HOURS, ticking=st.sampled_from([True, True, False]), confirmed=st.sampled_from([True, True, False]))
    def time_passes(self, hours: int, ticking: bool, confirmed: bool) -> None:
        self.now.move(datetime.timedelta(hours=hours))
        if confirmed:
            self.world.confirm()
        self.ticked = False
        if ticking:
            self.tick()

    def tick(self) -> None:
        # The tick leaves a bad row for later and says so; here there may be none.
        with (
            patch.object(tasks.logger, "exception", side_effect=AssertionError("the tick met a bad row")),
            patch.object(tasks, "STEPS", [(name, find, self.looked_at(act)) for name, find, act in tasks.STEPS]),
        ):
            tasks.tick()
        self.ticked = True

    def looked_at(self, act: Callable[[int], object]) -> Callable[[int], None]:
        """One row of a tick, and what it opened looked at before the next row can change who is listed."""

        def act_and_look(pk: int) -> None:
            act(pk)
            self.look_at_openings()

        return act_and_look

    def look_at_openings(self) -> None:
        wrong = broken_openings(clock.now(), after_offer=self.seen)
        self.seen = _last_offer()
        assert not wrong, "\n".join(wrong)

    @invariant()
    def the_twelve_hold(self) -> None:
        now = clock.now()
        wrong = broken_invariants(now)
        if self.ticked:
            wrong += self.left_by_the_tick()
        self.look_at_openings()
        assert not wrong, "\n".join([*wrong, *histories(wrong)])

    def left_by_the_tick(self) -> list[str]:
        """What a tick should have moved. A place it freed itself, by a request that gave way, is the next one's."""
        if broken_after_tick(clock.now()):
            self.tick()
        found = [f"referral {pk}: {what}" for pk, what in problems(clock.now()).items()]
        return found + broken_after_tick(clock.now())

    @invariant()
    def pages_have_words_for_it(self) -> None:
        events = ReferralEvent.objects.filter(pk__gt=self.seen_event).order_by("pk")
        moved = dict(events.values_list("referral_id", "pk"))
        self.seen_event = max(moved.values(), default=self.seen_event)
        for referral in Referral.objects.filter(pk__in=moved).select_related("client"):
            assert now_words(referral).lines
            assert timeline(referral)


def _last_offer() -> int:
    return Offer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@contextmanager
def handed_over(problem: Exception | None) -> Iterator[None]:
    """Messages go through everything but the wire: they arrive, or fail with this problem."""

    def send(parcel: Parcel) -> None:
        if problem is not None:
            raise problem

    with patch.dict(SENDERS, dict.fromkeys(SENDERS, send)):
        yield


def explore(
    examples: int, steps: int, *, chosen: int | None = None, phases: tuple[Phase, ...] = (Phase.generate,)
) -> None:
    """`chosen`: the seed; the same runs are tried each time."""
    machine = Lists if chosen is None else seed(chosen)(type("Chosen", (Lists,), {}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            phases=phases,
        ),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("share", SHARES)
def test_the_invariants_hold(share: int) -> None:
    """The same steps each time, in shares for several processes; `make soak` tries new ones."""
    explore(examples=EXAMPLES, steps=50, chosen=share)


@pytest.mark.soak
@pytest.mark.django_db
def test_the_invariants_hold_for_long() -> None:
    explore(examples=1000, steps=100, phases=(Phase.generate, Phase.shrink))


# What is broken on purpose, and the number of the invariant that has to say so.
PLANTED: dict[str, tuple[str, Callable[..., Any], str]] = {
    "a refused request keeps its place": ("referrals.services.moving.claim_release", lambda **about: True, "1:"),
    "other lists go on while two meet": ("referrals.services.beginning.entries_set_aside", lambda **about: [], "7:"),
    "what was freed is forgotten": ("referrals.services.lists_due.places_offer", lambda: 0, "9:"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("bug", sorted(PLANTED))
def test_a_planted_bug_is_found(bug: str) -> None:
    where, wrong, number = PLANTED[bug]
    with patch(where, wrong), pytest.raises(AssertionError, match=rf"(?m)^{number}"):
        explore(examples=30, steps=40, chosen=1)
