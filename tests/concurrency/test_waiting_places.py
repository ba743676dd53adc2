"""Freed places and everybody who wants them, at the same moment: ticks, newcomers, somebody who stops, a therapist who
offers less. Each race has its negative control: without its guard it goes wrong.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from core import clock
from core.actors import for_client
from notifications.models import Message
from referrals.messages import topics
from referrals.models import Offer, Referral, WaitingListEntry
from referrals.services import offering, walk
from referrals.services.allotting import places_allot
from referrals.services.submit import referral_submit
from referrals.services.withdrawal import withdraw
from referrals.tasks import tick
from tests.concurrency.lists import ACTOR, add_places, full, kinds_of, live_claims, sound, unlocked
from tests.concurrency.race import Rendezvous, race, without_constraint
from tests.referrals.given import VISITOR, draft, sent
from tests.referrals.waiting import listed
from tests.support.invariants import broken_invariants
from therapists.models import Place, Therapist
from therapists.services import places
from therapists.services.places import place_close, places_add

pytestmark = pytest.mark.django_db(transaction=True)


def allot() -> int:
    return places_allot(actor=ACTOR)


def meet_before_opening(monkeypatch: pytest.MonkeyPatch, meet: Callable[[], Any]) -> None:
    """Whoever has looked again, and is about to open offers, waits for the other."""
    look = offering._still_good

    def look_and_wait(*args: Any) -> Any:
        good = look(*args)
        meet()
        return good

    monkeypatch.setattr(offering, "_still_good", look_and_wait)


def between(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], Any]) -> None:
    """Without locks, let somebody else act after a tick has looked at everything and before it takes this step."""
    seen, done = Rendezvous(patience=10), Rendezvous(patience=10)
    take = getattr(offering, step)

    def wait_and_take(**about: Any) -> Any:
        seen()
        done()
        return take(**about)

    def act_between() -> None:
        seen()
        act()
        done()

    monkeypatch.setattr(offering, step, wait_and_take)
    unlocked(monkeypatch)
    race(allot, act_between)


def offers_by_place() -> Counter[int]:
    return Counter(Offer.objects.filter(state="open").values_list("claim__place_id", flat=True))


# Ticks.


def test_four_ticks_at_once_offer_each_place_once() -> None:
    ben, cara = full(), full()
    for _ in range(5):
        listed(ben, cara)
    add_places(ben, 3)
    add_places(cara, 1)
    results = race(*[allot] * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    assert sum(results) == 4
    assert set(offers_by_place().values()) == {1} and len(offers_by_place()) == 4
    assert Offer.objects.values("referral").distinct().count() == 4
    assert Message.objects.filter(topic=topics.PLACE_OFFERED).count() == 4
    assert sound()


def test_whole_ticks_at_once_do_everything_once(caplog: pytest.LogCaptureFixture) -> None:
    ben = full()
    for _ in range(4):
        listed(ben)
    add_places(ben, 2)
    race(*[tick] * 4)
    assert Counter(WaitingListEntry.objects.values_list("state", flat=True)) == {"offered": 2, "listed": 2}
    assert Message.objects.filter(topic=topics.PLACE_OFFERED).count() == live_claims() == 2
    assert "failed" not in caplog.text and "could not" not in caplog.text
    assert sound()


@pytest.mark.parametrize("guarded", [True, False], ids=["with the lock", "negative control: without"])
def test_the_lock_keeps_a_place_from_being_offered_twice(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    """Two ticks have seen the same free place and the same person."""
    ben = full()
    listed(ben)
    add_places(ben)
    meet_before_opening(monkeypatch, Rendezvous())
    if not guarded:
        unlocked(monkeypatch)
    with (
        without_constraint("therapists_placeclaim", "one_live_claim_per_place"),
        without_constraint("referrals_offer", "one_open_offer_per_referral"),
    ):
        race(allot, allot)
        assert Offer.objects.count() == live_claims() == (1 if guarded else 2)
        Offer.objects.update(claim=None)


def test_without_the_lock_the_constraints_still_refuse_the_second(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ben = full()
    listed(ben)
    add_places(ben)
    meet_before_opening(monkeypatch, Rendezvous())
    unlocked(monkeypatch)
    race(allot, allot)
    assert Offer.objects.count() == live_claims() == 1
    assert "failed" in caplog.text


# The last place, and a person on two lists.


def test_one_person_on_two_lists_is_offered_one_place_of_two_ticks() -> None:
    """Her first choice and her second become free at once, and a tick looks at each moment of it."""
    for _ in range(3):
        ben, cara = full(), full()
        referral = listed(ben, cara)
        race(lambda ben=ben: add_places(ben), lambda cara=cara: add_places(cara), allot, allot)
        allot()
        assert Offer.objects.filter(referral=referral, state="open").count() == 1
    assert sound()


def test_fifty_wait_for_the_last_place_and_the_first_in_order_gets_it() -> None:
    ben = full()
    queue = [listed(ben) for _ in range(50)]
    add_places(ben)
    results = race(*[allot] * 6)
    assert sum(results) == 1
    (offer,) = Offer.objects.all()
    assert offer.referral_id == queue[0].pk
    assert WaitingListEntry.objects.filter(state="listed").count() == 49
    assert sound()


# Newcomers.


def newcomer_against_queue(rounds: int) -> Counter[str]:
    """A place is added while somebody new sends for it and the tick runs. Returns what became of the newcomers."""
    seen: Counter[str] = Counter()
    for _ in range(rounds):
        ben = full()
        queue = listed(ben)
        submission = draft(ben)
        race(
            lambda ben=ben: add_places(ben),
            lambda submission=submission: referral_submit(submission=submission, actor=VISITOR),
            allot,
        )
        allot()
        seen[Referral.objects.exclude(pk=queue.pk).latest("pk").state] += 1
        assert Offer.objects.filter(therapist=ben, state="open").count() == 1
    return seen


def test_a_newcomer_never_overtakes_the_queue() -> None:
    assert newcomer_against_queue(6) == {"choosing": 6}
    assert not Offer.objects.filter(awaiting="therapist").exists()
    assert sound()


def test_a_figure_written_later_lets_newcomers_overtake_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits is counted neither where places are added nor before somebody is asked, and nobody looks which place is
    for whom: the newcomer gets the place."""
    ben = full()
    listed(ben)
    for module in (places, walk):
        monkeypatch.setattr(module, "queues_recount", lambda therapist_ids: None)
    monkeypatch.setattr(walk, "spare", lambda _therapist, *, now: lambda _place: True)
    Therapist.objects.filter(pk=ben.pk).update(offerable_entries=0)
    places_add(therapist_id=ben.pk, count=1, actor=ACTOR)
    newcomer = sent(ben)
    assert Offer.objects.get(referral=newcomer).awaiting == "therapist"


# Somebody stops while a place is being given to her.


def test_stopping_while_a_place_is_given_leaves_nothing_behind() -> None:
    for _ in range(5):
        ben = full()
        first, second = listed(ben), listed(ben)
        add_places(ben)
        client = for_client(first.client_id)
        results = race(allot, lambda first=first, client=client: withdraw(referral=first, actor=client), allot)
        assert not [result for result in results if isinstance(result, Exception)]
        allot()
        assert Offer.objects.get(state="open", therapist=ben).referral_id == second.pk
    assert sound()


def test_stopping_without_the_lock_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """She stops after the tick has read and before it writes: whoever is gone is offered a place."""
    ben = full()
    first = listed(ben)
    add_places(ben)
    between(monkeypatch, "places_hold", lambda: withdraw(referral=first, actor=for_client(first.client_id)))
    first.refresh_from_db()
    assert first.state == "offered" and first.closed_at is not None
    assert broken_invariants(clock.now())


# A therapist offers less.


def close_the_last(therapist: Therapist) -> None:
    place_close(place=Place.objects.get(therapist=therapist), actor=ACTOR)


def given_after_closing() -> bool:
    """Whether a place was offered to somebody after it had been closed."""
    rows = Offer.objects.filter(claim__place__closed_at__isnull=False)
    return any(offer.opened_at > offer.claim.place.closed_at for offer in rows)


def test_closing_a_place_while_it_is_given_is_before_or_after_never_between() -> None:
    for _ in range(5):
        ben = full()
        listed(ben)
        add_places(ben)
        results = race(allot, lambda ben=ben: close_the_last(ben), allot)
        assert not [result for result in results if isinstance(result, Exception)], kinds_of(results)
        # Whoever was offered it before keeps the offer: lowering evicts nobody.
        assert Offer.objects.filter(therapist=ben).count() <= 1
    assert not given_after_closing()
    assert sound()


def test_closing_without_the_lock_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    ben = full()
    listed(ben)
    add_places(ben)
    between(monkeypatch, "places_hold", lambda: close_the_last(ben))
    assert Place.objects.get(therapist=ben).closed_at is not None
    assert Offer.objects.filter(therapist=ben, state="open").exists()
