"""Two coordinators at the same moment, and a coordinator against everybody else. Each race has its negative control."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from core import clock
from core.actors import system
from referrals.errors import NotMergeable, PlaceGone
from referrals.models import EventReason, Offer, Referral, ReferralEvent, WaitingListEntry
from referrals.services import lists
from referrals.services.lists import entry_move, entry_prioritise, entry_take_off, offer_extend
from referrals.services.merging import referrals_merge
from referrals.services.offer_times import offer_told
from referrals.services.offers import offer_accept, offer_keep_place
from referrals.tasks import tick
from referrals.transitions import NotAllowed
from tests.concurrency.lists import add_places, client_of, full, kinds_of, offered, sound, unlocked
from tests.concurrency.race import Rendezvous, race
from tests.referrals.waiting import State, entry_with, listed
from therapists.models import Therapist

pytestmark = pytest.mark.django_db(transaction=True)
DESK = system("desk")


def forward(entry: WaitingListEntry, reason: str) -> Callable[[], Any]:
    return lambda: entry_prioritise(entry=entry, priority=True, reason=reason, actor=DESK)


def merge(keep: Referral, away: Referral) -> Callable[[], Any]:
    return lambda: referrals_merge(keep=keep, duplicate=away, reason="One person.", actor=DESK)


def move(entry: WaitingListEntry, to: Therapist) -> Callable[[], Any]:
    return lambda: entry_move(entry=entry, therapist_id=to.pk, reason="Evenings.", actor=DESK)


def test_of_two_who_put_somebody_forward_one_is_told_that_it_is_done() -> None:
    therapist = full()
    entry = entry_with(listed(therapist), therapist)
    results = race(forward(entry, "The baby."), forward(entry, "The move."))
    assert kinds_of(results) == {"NoneType": 1, "NotAllowed": 1}
    assert EventReason.objects.count() == ReferralEvent.objects.filter(action="prioritise").count() == 1
    assert sound()


def test_negative_control_without_locks_both_put_her_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    therapist = full()
    entry = entry_with(listed(therapist), therapist)
    unlocked(monkeypatch)
    meet = Rendezvous()
    real = lists.entry_event

    def slowly(**known: Any) -> Any:
        meet()
        return real(**known)

    monkeypatch.setattr(lists, "entry_event", slowly)
    results = race(forward(entry, "The baby."), forward(entry, "The move."))
    assert kinds_of(results) == {"NoneType": 2}


@pytest.mark.parametrize("crossed", [False, True])
def test_two_merge_the_same_pair_the_same_way_or_crossed(crossed: bool) -> None:
    one, other = full(), full()
    first, second = listed(one), listed(other)
    again = merge(second, first) if crossed else merge(first, second)
    results = race(merge(first, second), again)
    assert kinds_of(results) == {"NoneType": 1, "NotMergeable": 1}
    assert Referral.objects.exclude(state="closed").count() == 1
    assert WaitingListEntry.objects.filter(state__in=WaitingListEntry.LIVE).count() == 2
    assert sound()


def test_merging_against_her_yes_to_a_place() -> None:
    one = full()
    offer = offered(one)
    keep = listed(one)
    results = race(merge(keep, offer.referral), lambda: offer_accept(offer=offer, actor=client_of(offer)))
    lost = [result for result in results if isinstance(result, Exception)]
    assert len(lost) == 1 and isinstance(lost[0], NotMergeable | PlaceGone | NotAllowed), results
    assert Offer.objects.get(pk=offer.pk).state in {"accepted", "withdrawn"}
    assert sound()


def test_moving_and_taking_off_at_once() -> None:
    one, other = full(), full()
    entry = entry_with(listed(one), one)
    results = race(move(entry, other), lambda: entry_take_off(entry=entry, reason="Moved abroad.", actor=DESK))
    assert kinds_of(results)["NotAllowed"] == 1
    assert sound()


def test_people_moved_to_the_last_line_of_a_list() -> None:
    one, other = full(), full(list_limit=1)
    entries = [entry_with(listed(one), one) for _ in range(4)]
    results = race(*(move(entry, other) for entry in entries))
    assert kinds_of(results) == {"WaitingListEntry": 1, "ListFull": 3}
    assert WaitingListEntry.objects.filter(therapist=other, state=State.ASKED).count() == 1
    assert sound()


def test_moving_against_the_tick() -> None:
    one, other = full(), full()
    entry = entry_with(listed(one), one)
    add_places(one)
    results = race(move(entry, other), tick)
    assert kinds_of(results)["OperationalError"] == 0, results
    entry.refresh_from_db()
    assert entry.state in {State.OFFERED, State.REMOVED}
    tick()
    assert sound()


def test_more_time_against_her_answer() -> None:
    offer = offered(full())
    offer_told(offer_id=offer.pk, at=clock.now())
    offer.refresh_from_db()
    until = (offer.expires_at + datetime.timedelta(days=3)).astimezone(clock.LONDON).replace(hour=18, minute=0)
    results = race(
        lambda: offer_extend(offer=offer, expires_at=until, reason="In hospital.", actor=DESK),
        lambda: offer_keep_place(offer=offer, actor=client_of(offer)),
    )
    assert results[1] is None and (results[0] is None or kinds_of(results)["OfferGone"] == 1), results
    assert sound()
