"""A client's yes to a place, and at the same moment whatever else could become of it. Each race has its negative
control: the same race with its guard taken away has to go wrong.
"""

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from core import clock
from core.actors import system
from referrals.errors import NotListed, PlaceGone
from referrals.models import Offer, Placement, Referral, ReferralEvent, WaitingListEntry
from referrals.services import offers
from referrals.services.allotting import places_allot
from referrals.services.asks import list_settings
from referrals.services.due import offer_lapse
from referrals.services.offers import offer_accept, offer_keep_place, offer_stop
from referrals.services.withdrawal import withdraw
from referrals.tasks import tick
from referrals.transitions import NotAllowed
from tests.concurrency.accepting import in_processes
from tests.concurrency.lists import (
    ACTOR,
    add_places,
    client_of,
    full,
    kinds_of,
    live_claims,
    offered,
    sound,
    unlocked,
    wait_after_reading,
)
from tests.concurrency.race import Rendezvous, race, without_constraint
from tests.referrals.waiting import listed
from tests.support.invariants import broken_invariants
from therapists.locks import lock_therapists
from therapists.models import Place, PlaceClaim, Registration
from therapists.services.places import place_close
from therapists.services.registrations import registration_status_set

pytestmark = pytest.mark.django_db(transaction=True)


def yes(offer: Offer) -> Callable[[], Placement]:
    return lambda: offer_accept(offer=offer, actor=client_of(offer))


def problems_of(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception)]


# The last place.


def test_fifty_yeses_to_the_last_place_are_one_meeting() -> None:
    offer = offered(full())
    results = race(*[yes(offer) for _ in range(50)])
    assert kinds_of(results) == {"Placement": 1, "PlaceGone": 49}
    assert live_claims() == Placement.objects.count() == 1
    assert sound()


def test_fifty_yeses_without_the_lock_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two have read an open offer: the second is not told that the place is gone, but stumbles over a constraint."""
    offer = offered(full())
    wait_after_reading(monkeypatch, Rendezvous())
    unlocked(monkeypatch)
    results = race(yes(offer), yes(offer))
    (loser,) = problems_of(results)
    assert not isinstance(loser, PlaceGone)
    assert Placement.objects.count() == 1


# Two offers of one referral, in two processes.


def second_offer(offer: Offer) -> Offer:
    """What must never be, made by hand: another therapist's place is offered to the same person at the same time."""
    other = WaitingListEntry.objects.get(referral=offer.referral, state="listed")
    add_places(other.therapist)
    now = clock.now()
    row = Offer.objects.create(
        referral=offer.referral,
        therapist=other.therapist,
        entry=other,
        awaiting="client",
        opened_at=now,
        expires_at=offer.expires_at,
    )
    row.claim = PlaceClaim.objects.create(
        place=Place.objects.get(therapist=other.therapist),
        kind="hold",
        holder_type="offer",
        holder_id=row.pk,
        opened_at=now,
        expires_at=offer.expires_at,
    )
    row.save()
    return row


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "negative control: not"])
def test_two_processes_accept_two_offers_of_one_referral(guarded: bool) -> None:
    """Even where the constraint had failed to keep the second offer away, one yes would get through, not two."""
    first = offered(full(), full())
    with (
        without_constraint("referrals_offer", "one_open_offer_per_referral"),
        without_constraint("referrals_placement", "one_live_placement_per_referral"),
    ):
        pair = [first, second_offer(first)]
        said = Counter(in_processes([offer.pk for offer in pair], guarded=guarded))
        meetings = Placement.objects.count()
        _forget_everything()
    assert meetings == said["Placement"] == (1 if guarded else 2), said


def _forget_everything() -> None:
    """The indexes can only come back over rows that keep them."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE referrals_offer, referrals_placement CASCADE")


def test_the_constraint_refuses_a_second_open_offer() -> None:
    from django.db import IntegrityError

    first = offered(full(), full())
    with pytest.raises(IntegrityError, match="one_open_offer_per_referral"), transaction.atomic():
        second_offer(first)


# The second of expiry.


def soon_over(offer: Offer) -> datetime.datetime:
    soon = clock.now() + datetime.timedelta(seconds=0.15)
    Offer.objects.filter(pk=offer.pk).update(expires_at=soon, told_at=offer.opened_at)
    PlaceClaim.objects.filter(pk=offer.claim_id).update(expires_at=soon)
    return soon


def at_the_last_moment(offer: Offer, soon: datetime.datetime) -> Callable[[], Any]:
    def run() -> Any:
        while clock.now() < soon - datetime.timedelta(milliseconds=20):
            pass
        return offer_accept(offer=offer, actor=client_of(offer))

    return run


def lapse_around(offer: Offer, soon: datetime.datetime) -> Callable[[], Any]:
    def run() -> Any:
        done = False
        while not done and clock.now() < soon + datetime.timedelta(milliseconds=300):
            done = offer_lapse(offer.pk)
        return done

    return run


def test_a_yes_in_the_second_of_expiry_is_in_time_or_told_so() -> None:
    """The clock runs past the end while she says yes and two ticks look: exactly one of the two happens."""
    outcomes: Counter[str] = Counter()
    for _ in range(6):
        offer = offered(full())
        soon = soon_over(offer)
        answer, *_lapsed = race(at_the_last_moment(offer, soon), *[lapse_around(offer, soon)] * 2)
        offer.refresh_from_db()
        placed = Placement.objects.filter(referral_id=offer.referral_id).count()
        assert (offer.state, placed, type(answer)) in {("accepted", 1, Placement), ("lapsed", 0, PlaceGone)}
        if placed:
            assert ReferralEvent.objects.get(referral_id=offer.referral_id, action="accept").at <= soon
        outcomes[offer.state] += 1
    assert sum(outcomes.values()) == 6
    assert sound()


def test_a_yes_that_does_not_look_at_the_clock_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the offer's end nor its hold's is looked at: a place is given to her whose time was over."""
    offer = offered(full())
    soon = soon_over(offer)
    PlaceClaim.objects.filter(pk=offer.claim_id).update(expires_at=soon + datetime.timedelta(hours=1))
    monkeypatch.setattr(offers, "require_open", lambda fresh, pk: fresh)

    def late() -> Placement:
        while clock.now() <= soon:
            pass
        return offer_accept(offer=offer, actor=client_of(offer))

    (answer,) = race(late)
    assert isinstance(answer, Placement)
    assert any(words.startswith("6") for words in broken_invariants(clock.now()))


# Everything she can answer, at once.


def test_four_different_answers_at_once_are_one_answer() -> None:
    for _ in range(3):
        ben = full()
        offer = offered(ben)
        client = client_of(offer)
        answers = race(
            yes(offer),
            lambda offer=offer, client=client: offer_keep_place(offer=offer, actor=client),
            lambda offer=offer, client=client: offer_stop(offer=offer, actor=client),
            lambda offer=offer, client=client: withdraw(referral=offer.referral, actor=client),
        )
        # Stopping altogether is possible after any of the others.
        others = answers[:3]
        assert sum(not isinstance(answer, Exception) for answer in others) <= 1
        assert all(isinstance(answer, PlaceGone) for answer in problems_of(others))
        assert Referral.objects.get(pk=offer.referral_id).state == "closed"
        assert not PlaceClaim.objects.filter(place__therapist=ben, released_at=None).exists()
    assert sound()


# A therapist who offers less, or may not be offered any more.


def test_lowering_places_while_she_accepts_evicts_nobody() -> None:
    for _ in range(4):
        ben = full()
        offer = offered(ben)
        place = Place.objects.get(therapist=ben)
        results = race(
            yes(offer),
            lambda place=place: place_close(place=place, actor=ACTOR),
            lambda ben=ben: list_settings(therapist_id=ben.pk, limit=0, closed=True, actor=ACTOR),
        )
        assert not problems_of(results)
        assert Placement.objects.get(referral_id=offer.referral_id).claim.place_id == place.pk
        place.refresh_from_db()
        ben.refresh_from_db()
        assert place.closed_at is not None and ben.list_closed
    assert sound()


@pytest.mark.parametrize("guarded", [True, False], ids=["checked again", "negative control: not checked again"])
def test_a_suspension_while_she_accepts(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    """The suspension holds the therapist's row while the yes waits for it: what was true before does not count."""
    ben = full()
    offer = offered(ben)
    if not guarded:
        before = offers.standing(ben.pk, as_of=clock.now())
        monkeypatch.setattr(offers, "standing", lambda pk, as_of: before)
    in_hand = Rendezvous()

    def suspend() -> None:
        with transaction.atomic():
            lock_therapists([ben.pk])
            in_hand()
            registration_status_set(
                registration=Registration.objects.get(therapist=ben),
                status=Registration.Status.SUSPENDED,
                reason="The register says so.",
                actor=system("race"),
            )

    def accept() -> Placement:
        in_hand()
        return offer_accept(offer=offer, actor=client_of(offer))

    _nothing, answer = race(suspend, accept)
    assert isinstance(answer, NotListed if guarded else Placement)
    if guarded:
        tick()
        assert not Offer.objects.filter(state="open").exists() and not live_claims()
        assert sound()


# Deadlocks.


def crossing(rounds: int) -> list[Any]:
    """Each stands on both lists, from opposite ends; both have a place, and offers are answered while ticks run."""
    results: list[Any] = []
    for _ in range(rounds):
        one, other = full(), full()
        listed(one, other)
        listed(other, one)
        add_places(one)
        add_places(other)
        places_allot(actor=ACTOR)
        first, second = Offer.objects.filter(state="open", therapist__in=[one, other]).order_by("pk")
        results += race(yes(first), lambda offer=second: offer_keep_place(offer=offer, actor=ACTOR), tick, tick)
    return results


def test_yes_no_and_ticks_on_crossing_lists_never_deadlock(caplog: pytest.LogCaptureFixture) -> None:
    results = crossing(4)
    refused = [result for result in problems_of(results) if not isinstance(result, PlaceGone | NotAllowed)]
    assert not refused
    assert "deadlock" not in caplog.text and "failed" not in caplog.text
    assert sound()


def test_a_tick_that_locked_in_its_own_order_would_deadlock_negative_control() -> None:
    offer = offered(full(), full())
    meet = Rendezvous()

    def accept_locks() -> None:
        with transaction.atomic():
            lock_therapists([offer.therapist_id])
            meet()
            list(Referral.objects.select_for_update().filter(pk=offer.referral_id))

    def tick_locks() -> None:
        with transaction.atomic():
            list(Referral.objects.select_for_update().filter(pk=offer.referral_id))
            meet()
            lock_therapists([offer.therapist_id])

    results = race(accept_locks, tick_locks)
    assert any(isinstance(result, OperationalError) for result in results)
