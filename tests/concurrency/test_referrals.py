"""Two people, two tabs, two ticks at the same moment, over real connections. Each race has its negative control: the
same race with its guard taken away has to go wrong.
"""

import datetime
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, transaction

from clients.models import Client
from clients.services import identity
from core import clock
from core.actors import for_client, system
from notifications.models import Message
from referrals import locks
from referrals.errors import AlreadyOpen, NotListed, OfferGone
from referrals.messages import topics
from referrals.models import Offer, Placement, Referral, ReferralEvent, Submission
from referrals.services import requests
from referrals.services.due import offer_lapse
from referrals.services.reconciliation import problems
from referrals.services.requests import request_decline, request_interest, request_offer_meeting
from referrals.services.submit import referral_submit
from referrals.services.withdrawal import withdraw
from referrals.tasks import tick
from referrals.transitions import NotAllowed
from tests.concurrency.race import Rendezvous, race, without_constraint
from tests.factories import make_therapist
from tests.referrals.given import VISITOR, draft, open_offer, sent
from therapists.locks import lock_therapists
from therapists.models import PlaceClaim, Registration, Therapist
from therapists.services import places

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = system("race")
A_MOMENT = datetime.timedelta(microseconds=1)


def submit(submission: Submission) -> Callable[[], Referral]:
    return lambda: referral_submit(submission=submission, actor=VISITOR)


def kinds_of(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def live_claims() -> int:
    return PlaceClaim.objects.filter(released_at=None).count()


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the lock module away: rows are read as they are and nobody waits."""

    def look(*, therapist_ids: Any, referral_ids: Any) -> dict[int, Therapist]:
        return Therapist.objects.in_bulk(list(therapist_ids))

    monkeypatch.setattr(locks, "lock_all", look)


def meet_after_reading(monkeypatch: pytest.MonkeyPatch, meet: Rendezvous) -> None:
    """Whoever has read the referral waits for the other to have read it too."""
    read = locks._read

    def read_and_wait(referral_id: int, therapists: dict[int, Therapist]) -> locks.Locked:
        found = read(referral_id, therapists)
        meet()
        return found

    monkeypatch.setattr(locks, "_read", read_and_wait)


@contextmanager
def unlocked_offers(monkeypatch: pytest.MonkeyPatch):
    """Rows are read without a lock of their own too."""
    with monkeypatch.context() as patch:
        from django.db.models import QuerySet

        patch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
        yield


# The last place.


def test_twenty_send_for_the_last_place_and_one_gets_it() -> None:
    therapist = make_therapist(places=1)
    results = race(*[submit(draft(therapist)) for _ in range(20)])
    assert kinds_of(results) == {"Referral": 20}
    assert Counter(Referral.objects.values_list("state", flat=True)) == {"requested": 1, "choosing": 19}
    assert live_claims() == Offer.objects.count() == 1
    assert not problems(clock.now())


@pytest.mark.parametrize("guarded", [True, False], ids=["with the lock", "negative control: without"])
def test_the_lock_keeps_the_last_place_from_being_asked_for_twice(
    monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    therapist = make_therapist(places=1)
    pair = [draft(therapist), draft(therapist)]
    meet = Rendezvous()
    monkeypatch.setattr(places, "_release_expired", meet)
    if not guarded:
        unlocked(monkeypatch)
    with without_constraint("therapists_placeclaim", "one_live_claim_per_place"):
        race(*[submit(submission) for submission in pair])
        assert live_claims() == (1 if guarded else 2)
        Offer.objects.update(claim=None)


# One referral.


def test_the_same_draft_sent_eight_times_is_one_referral() -> None:
    submission = draft(make_therapist(places=8))
    results = race(*[submit(submission) for _ in range(8)])
    assert len({result.pk for result in results}) == 1
    assert live_claims() == Message.objects.filter(topic=topics.SENT).count() == 1


@pytest.mark.parametrize("guarded", [True, False], ids=["one at a time", "negative control: all at once"])
def test_the_same_person_from_two_devices_is_one_client(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    therapist = make_therapist(places=2)
    same = {
        "email": "ewa@example.org",
        "family_name": "Nowak",
        "date_of_birth": "1990-03-04",
    }
    pair = [draft(therapist, **same), draft(therapist, **same)]
    if not guarded:
        monkeypatch.setattr(identity, "_one_at_a_time", Rendezvous())
    results = race(*[submit(submission) for submission in pair])
    if guarded:
        assert kinds_of(results) == {"Referral": 1, "AlreadyOpen": 1}
        assert Client.objects.count() == Referral.objects.count() == 1
        assert any(isinstance(result, AlreadyOpen) for result in results)
    else:
        assert Client.objects.count() == 2


# A yes against whatever ends the request.


def interested(*therapists: Therapist) -> Offer:
    return request_interest(offer=open_offer(sent(*therapists)), actor=ACTOR)


def test_two_yeses_to_one_request_are_one_meeting() -> None:
    offer = interested(make_therapist())
    results = race(*[lambda: request_offer_meeting(offer=offer, actor=ACTOR) for _ in range(6)])
    assert kinds_of(results) == {"Placement": 1, "OfferGone": 5}
    assert live_claims() == Placement.objects.count() == 1


def test_yes_and_no_at_once_with_the_lock() -> None:
    for _ in range(3):
        offer = interested(make_therapist())
        yes, no = race(
            lambda offer=offer: request_offer_meeting(offer=offer, actor=ACTOR),
            lambda offer=offer: request_decline(offer=offer, code="full", actor=ACTOR),
        )
        assert isinstance(yes, OfferGone) != isinstance(no, OfferGone)
    assert not problems(clock.now())


def test_yes_and_no_at_once_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock both have read an open request; only the compare-and-set on claim or offer stops the second."""
    offer = interested(make_therapist())
    unlocked(monkeypatch)
    meet_after_reading(monkeypatch, Rendezvous())
    with unlocked_offers(monkeypatch):
        results = race(
            lambda: request_offer_meeting(offer=offer, actor=ACTOR),
            lambda: request_decline(offer=offer, code="full", actor=ACTOR),
        )
    (loser,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(loser, NotAllowed) or loser.__cause__ is not None, "the second was told before it was too late"


def test_yes_at_the_second_the_time_is_over() -> None:
    """The clock runs past the expiry while one side says yes and the tick looks: exactly one of the two happens."""
    outcomes = Counter()
    for _ in range(5):
        offer = interested(make_therapist())
        soon = clock.now() + datetime.timedelta(seconds=0.15)
        Offer.objects.filter(pk=offer.pk).update(expires_at=soon)
        PlaceClaim.objects.filter(pk=offer.claim_id).update(expires_at=soon)
        race(_yes_at(offer, soon), *[_lapse_around(offer, soon)] * 2)
        offer.refresh_from_db()
        placed = Placement.objects.filter(referral_id=offer.referral_id).count()
        assert (offer.state, placed) in {("accepted", 1), ("lapsed", 0)}
        if placed:
            accepted_at = ReferralEvent.objects.get(referral_id=offer.referral_id, action="accept").at
            assert accepted_at <= soon
        outcomes[offer.state] += 1
    assert not problems(clock.now())
    assert sum(outcomes.values()) == 5


def _yes_at(offer: Offer, soon: datetime.datetime) -> Callable[[], Any]:
    def run() -> Any:
        while clock.now() < soon - datetime.timedelta(milliseconds=20):
            pass
        return request_offer_meeting(offer=offer, actor=ACTOR)

    return run


def _lapse_around(offer: Offer, soon: datetime.datetime) -> Callable[[], Any]:
    def run() -> Any:
        done = False
        while not done and clock.now() < soon + datetime.timedelta(milliseconds=200):
            done = offer_lapse(offer.pk)
        return done

    return run


def test_stopping_while_she_says_yes_leaves_nothing_behind() -> None:
    for _ in range(4):
        offer = interested(make_therapist())
        client = for_client(offer.referral.client_id)
        race(
            lambda offer=offer: request_offer_meeting(offer=offer, actor=ACTOR),
            lambda offer=offer, client=client: withdraw(referral=offer.referral, actor=client),
        )
    assert set(Referral.objects.values_list("state", flat=True)) == {"closed"}
    assert live_claims() == Placement.objects.exclude(state="ended").count() == 0
    assert not problems(clock.now())


@pytest.mark.parametrize("guarded", [True, False], ids=["checked again", "negative control: not checked again"])
def test_a_suspension_during_the_yes(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    """The suspension holds the therapist's row while the yes waits for it: what was true before does not count."""
    therapist = make_therapist()
    offer = interested(therapist)
    if not guarded:
        monkeypatch.setattr(requests, "_require_listed", lambda offer: None)
    in_hand = Rendezvous()

    def suspend() -> None:
        with transaction.atomic():
            lock_therapists([therapist.pk])
            in_hand()
            Registration.objects.filter(therapist=therapist).update(status=Registration.Status.SUSPENDED)

    def accept() -> Placement:
        in_hand()
        return request_offer_meeting(offer=offer, actor=ACTOR)

    _nothing, answer = race(suspend, accept)
    assert isinstance(answer, NotListed if guarded else Placement)


# Ticks.


def expired(count: int) -> list[Referral]:
    referrals = [sent(make_therapist(), make_therapist()) for _ in range(count)]
    past = clock.now() - A_MOMENT
    for offer in Offer.objects.all():
        PlaceClaim.objects.filter(pk=offer.claim_id).update(expires_at=past)
    Offer.objects.update(expires_at=past)
    return referrals


def test_four_ticks_at_once_do_everything_once(caplog: pytest.LogCaptureFixture) -> None:
    referrals = expired(6)
    race(*[tick] * 4)
    actions = Counter(ReferralEvent.objects.values_list("action", flat=True))
    assert actions == {"submit": 6, "ask": 12, "lapse": 6}
    assert Message.objects.filter(topic=topics.NO_ANSWER).count() == 6
    assert live_claims() == len(referrals)
    assert "failed" not in caplog.text


def test_ticks_without_the_lock_run_into_each_other_negative_control(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expired(1)
    unlocked(monkeypatch)
    meet_after_reading(monkeypatch, Rendezvous())
    with unlocked_offers(monkeypatch):
        race(tick, tick)
    assert "lapse failed" in caplog.text


# Deadlocks.


def crossing(rounds: int) -> list[Any]:
    """Each walks from her own therapist to the other's: everybody wants both, from opposite ends."""
    one, other = make_therapist(places=2), make_therapist(places=2)
    results: list[Any] = []
    for _ in range(rounds):
        offers = [open_offer(sent(one, other)), open_offer(sent(other, one))]
        results += race(
            *[lambda offer=offer: request_decline(offer=offer, code="full", actor=ACTOR) for offer in offers], tick
        )
        for referral in Referral.objects.exclude(state="closed"):
            withdraw(referral=referral, actor=ACTOR)
    return results


def test_crossing_walks_and_a_tick_never_deadlock() -> None:
    assert not [result for result in crossing(3) if isinstance(result, Exception)]


def test_locking_in_another_order_deadlocks_negative_control() -> None:
    pks = [make_therapist().pk, make_therapist().pk]
    meet = Rendezvous()

    def lock(first: int, second: int) -> None:
        with transaction.atomic():
            lock_therapists([first])
            meet()
            lock_therapists([second])

    results = race(lambda: lock(*pks), lambda: lock(*reversed(pks)))
    assert any(isinstance(result, OperationalError) for result in results)


def test_a_no_after_the_race_is_still_not_allowed() -> None:
    offer = interested(make_therapist())
    request_offer_meeting(offer=offer, actor=ACTOR)
    with pytest.raises((OfferGone, NotAllowed)):
        request_decline(offer=offer, code="full", actor=ACTOR)
