"""Anything anybody may do, in any order, with time passing between: the domain's invariants hold after each step."""

import datetime
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import F, Q, QuerySet
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import clock
from core.models import Task
from notifications.models import Message
from notifications.topics import handler_of
from referrals import tasks
from referrals.answers import Chosen
from referrals.codes import DECLINE_CODES
from referrals.errors import Refused
from referrals.messages import topics
from referrals.models import Exclusion, Offer, Placement, Referral, ReferralEvent
from referrals.selectors.now import now_words
from referrals.selectors.timeline import timeline
from referrals.services.choices import choices_change
from referrals.services.coordination import carry_on, redirect, reopen
from referrals.services.placements import contact_record, go_ahead, not_this_time, placement_end
from referrals.services.reconciliation import problems
from referrals.services.requests import (
    request_decline,
    request_interest,
    request_known_person,
    request_offer_meeting,
)
from referrals.services.withdrawal import call_me, withdraw, withdraw_undo
from referrals.transitions import REFERRAL, NotAllowed
from tests.factories import make_place, make_therapist
from tests.referrals.given import MONDAY, TICK, sent
from therapists.models import PlaceClaim, Registration, Therapist
from therapists.selectors.standing import standing

THERAPISTS = 4
PEOPLE = 6
INDEX = st.integers(0, 11)
ORDER = st.permutations(range(THERAPISTS)).flatmap(
    lambda order: st.integers(1, THERAPISTS).map(lambda count: order[:count])
)
HOURS = st.sampled_from([1, 5, 9, 24, 30, 72, 24 * 6, 24 * 11, 24 * 29])


class Service(RuleBasedStateMachine):
    """Four therapists, up to six clients, and everything they, the desk and time can do."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.frozen = clock.frozen(MONDAY)
        self.now = self.frozen.__enter__()
        self.therapists = [make_therapist(places=number % 3) for number in range(THERAPISTS)]
        self.referrals: list[Referral] = []
        self.seen_offers = 0
        self.ticked = False

    def teardown(self) -> None:
        self.frozen.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def referral(self, index: int) -> Referral:
        return Referral.objects.select_related("client").get(pk=self.referrals[index % len(self.referrals)].pk)

    def attempt(self, act: Callable[..., Any], **about: Any) -> Any:
        """Do it in a savepoint; what is refused must leave nothing behind."""
        self.ticked = False
        try:
            with transaction.atomic():
                return act(**about, actor=TICK)
        except (Refused, NotAllowed):
            return None

    def offer(self, index: int) -> Offer | None:
        """Mostly one that is open; now and then an old page is used."""
        return _pick(index, Offer.objects.filter(state=Offer.State.OPEN), Offer.objects.all())

    def placement(self, index: int) -> Placement | None:
        return _pick(index, Placement.objects.exclude(state=Placement.State.ENDED), Placement.objects.all())

    @initialize(order=ORDER)
    def first(self, order: list[int]) -> None:
        self.referrals.append(sent(*[self.therapists[number] for number in order]))

    @precondition(lambda self: len(self.referrals) < PEOPLE)
    @rule(order=ORDER)
    def send(self, order: list[int]) -> None:
        self.ticked = False
        self.referrals.append(sent(*[self.therapists[number] for number in order]))

    @rule(index=INDEX)
    def interest(self, index: int) -> None:
        if offer := self.offer(index):
            self.attempt(request_interest, offer=offer)

    @rule(index=INDEX, checked=st.booleans())
    def accept(self, index: int, checked: bool) -> None:
        if offer := self.offer(index):
            if not checked:
                self.attempt(request_interest, offer=offer)
            listed = not set(standing(offer.therapist_id, as_of=clock.now()).reasons) - {"not_confirmed", "unanswered"}
            placement = self.attempt(request_offer_meeting, offer=offer)
            assert placement is None or listed, "a yes by somebody not listed"

    @rule(index=INDEX, code=st.sampled_from(sorted(DECLINE_CODES)))
    def decline(self, index: int, code: str) -> None:
        if offer := self.offer(index):
            self.attempt(request_decline, offer=offer, code=code)

    @rule(index=INDEX)
    def known(self, index: int) -> None:
        if offer := self.offer(index):
            self.attempt(request_known_person, offer=offer)

    @rule(index=INDEX)
    def contact(self, index: int) -> None:
        if placement := self.placement(index):
            self.attempt(contact_record, placement=placement)

    @rule(index=INDEX, side=st.sampled_from(["client", "therapist"]))
    def go_on(self, index: int, side: str) -> None:
        if placement := self.placement(index):
            self.attempt(go_ahead, placement=placement, side=side)

    @rule(index=INDEX, side=st.sampled_from(["client", "therapist"]))
    def not_on(self, index: int, side: str) -> None:
        if placement := self.placement(index):
            self.attempt(not_this_time, placement=placement, side=side)

    @rule(index=INDEX, then=st.sampled_from(["now", "not_yet"]))
    def end(self, index: int, then: str) -> None:
        if placement := self.placement(index):
            self.attempt(placement_end, placement=placement, code="completed", place_then=then)

    @rule(index=INDEX, order=ORDER)
    def choose(self, index: int, order: list[int]) -> None:
        chosen = [Chosen(self.therapists[number].pk) for number in order]
        self.attempt(choices_change, referral=self.referral(index), choices=chosen)

    @rule(index=INDEX, act=st.sampled_from([withdraw, withdraw_undo, call_me]))
    def client_acts(self, index: int, act: Callable[..., Any]) -> None:
        self.attempt(act, referral=self.referral(index))

    @rule(index=INDEX, act=st.sampled_from([carry_on, redirect, reopen]))
    def desk_acts(self, index: int, act: Callable[..., Any]) -> None:
        self.attempt(act, referral=self.referral(index), reason="Talked")

    @rule(index=INDEX, bad=st.booleans())
    def register_says(self, index: int, bad: bool) -> None:
        status = Registration.Status.SUSPENDED if bad else Registration.Status.ACTIVE
        Registration.objects.filter(therapist=self.therapists[index % THERAPISTS]).update(status=status)
        self.ticked = False

    @rule(index=INDEX, paused=st.booleans())
    def pause(self, index: int, paused: bool) -> None:
        Therapist.objects.filter(pk=self.therapists[index % THERAPISTS].pk).update(
            paused=paused, confirmed_at=clock.now()
        )
        self.ticked = False

    @rule(index=INDEX)
    def another_place(self, index: int) -> None:
        make_place(self.therapists[index % THERAPISTS])

    @rule()
    def messages_go_out(self) -> None:
        due = Message.objects.filter(state=Message.State.QUEUED, not_before__lte=clock.now())
        for message in due:
            if handler_of(message.topic).still_wanted(message):
                handler_of(message.topic).render(message)
                message.state, message.sent_at = Message.State.SENT, clock.now()
            else:
                message.state = Message.State.CANCELLED
            message.save(update_fields=["state", "sent_at"])

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
    def no_place_is_promised_twice(self) -> None:
        now = clock.now()
        live = PlaceClaim.objects.filter(Q(kind="occupied") | Q(expires_at__gte=now), released_at=None)
        places = list(live.values_list("place_id", flat=True))
        assert len(places) == len(set(places))
        fit = Offer.objects.filter(state="open", expires_at__gte=now)
        holds = set(fit.values_list("claim_id", flat=True))
        homes = set(Placement.objects.exclude(state="ended").values_list("claim_id", flat=True))
        assert set(live.values_list("pk", flat=True)) == holds | homes

    @invariant()
    def every_open_referral_has_one_owner_and_one_time(self) -> None:
        for referral in Referral.objects.all():
            is_open = referral.state != "closed"
            assert bool(referral.action_owner) == (referral.due_at is not None) == is_open
            offers = referral.offers.filter(state="open").count()
            placements = referral.placements.exclude(state="ended").count()
            assert offers == int(referral.state == "requested")
            assert placements == int(referral.state in ("meeting", "in_therapy"))

    @invariant()
    def the_history_gives_the_state(self) -> None:
        for referral in Referral.objects.all():
            events = list(ReferralEvent.objects.filter(referral=referral))
            assert REFERRAL.replay(event.action for event in events) == referral.state
            assert [event.from_state for event in events[1:]] == [event.to_state for event in events[:-1]]

    @invariant()
    def nothing_accepted_was_late(self) -> None:
        for event in ReferralEvent.objects.filter(action="accept"):
            assert event.at <= Offer.objects.get(pk=event.detail["offer"]).expires_at

    @invariant()
    def only_the_listed_get_something_new(self) -> None:
        fresh = Offer.objects.filter(pk__gt=self.seen_offers).order_by("pk")
        for offer in fresh:
            found = standing(offer.therapist_id, as_of=offer.opened_at)
            assert found.listed, found.reasons
            barred = Exclusion.objects.filter(client=offer.referral.client, therapist=offer.therapist, at__lt=F("at"))
            assert not barred.exists()
            self.seen_offers = offer.pk

    @invariant()
    def nobody_who_said_no_is_asked_again(self) -> None:
        for offer in Offer.objects.filter(state="open"):
            said_no = Offer.objects.filter(
                referral=offer.referral, therapist=offer.therapist, state="declined", pk__lt=offer.pk
            )
            assert not said_no.exists()

    @invariant()
    def after_closing_only_the_closing_notice_is_wanted(self) -> None:
        queued = Message.objects.filter(state=Message.State.QUEUED, recipient_type="client", subject_type="referral")
        closed = set(Referral.objects.filter(state="closed").values_list("pk", flat=True))
        for message in queued.filter(subject_id__in=closed):
            assert handler_of(message.topic).still_wanted(message) == (message.topic == topics.CLOSED)
        calls = Task.objects.filter(subject_type="referral", subject_id__in=closed, state=Task.State.OPEN)
        assert not calls.exclude(kind="therapist_in_question").exists()

    @invariant()
    def pages_have_words_for_it(self) -> None:
        for referral in Referral.objects.select_related("client"):
            assert now_words(referral).lines
            assert timeline(referral)

    @invariant()
    def after_a_tick_nothing_stands_still(self) -> None:
        if self.ticked:
            assert problems(clock.now()) == {}


def _pick(index: int, live: QuerySet[Any], every: QuerySet[Any]) -> Any:
    rows = list((every if index == 0 else live).order_by("pk"))
    return rows[index % len(rows)] if rows else None


def explore(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Service,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )


@pytest.mark.django_db
def test_the_invariants_hold() -> None:
    explore(examples=10, steps=35)


@pytest.mark.soak
@pytest.mark.django_db
def test_the_invariants_hold_for_long() -> None:
    explore(examples=400, steps=60)
