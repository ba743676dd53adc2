"""The road of somebody who waits: asked, listed, offered, a first meeting, and what becomes of her other lists."""

import datetime

import pytest

from core import clock
from core.clock import Frozen
from core.models import Task
from referrals import kinds
from referrals.errors import NotListed, PlaceGone
from referrals.messages import topics
from referrals.models import Allotment, Offer, Referral, WaitingListEntry
from referrals.services.asks import ask_agree, ask_refuse
from referrals.services.joining import list_leave, list_leave_undo
from referrals.services.offers import offer_accept, offer_keep_place, offer_late_yes, offer_stop
from referrals.services.placements import go_ahead, not_this_time
from referrals.tasks import tick
from tests.referrals.given import actor_of, client_of, fresh, open_offer, sent, state, topics_to_client
from tests.referrals.waiting import (
    State,
    agrees,
    entry_with,
    full,
    listed,
    make_place,
    offered,
    place_freed,
    told,
    waits,
)
from tests.support.invariants import broken_after_tick, broken_invariants
from therapists.models import Therapist
from therapists.queue import queues_recount

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_broken(now: Frozen):
    yield
    assert broken_invariants(clock.now()) == []


def figures(therapist: Therapist) -> tuple[int, int]:
    therapist.refresh_from_db()
    return therapist.offerable_entries, therapist.list_entries


def test_a_full_choice_is_asked_once_and_the_referral_waits(ben: Therapist) -> None:
    referral = waits(full(ben))
    entry = entry_with(referral, ben)
    assert (state(referral), entry.state) == ("waiting", State.ASKED)
    assert (fresh(referral).action_owner, fresh(referral).due_at) == ("therapist", entry.answer_due_at)
    assert figures(ben) == (0, 1)
    agrees(referral, ben)
    assert fresh(referral).action_owner == "coordinator"
    assert fresh(referral).due_at == fresh(referral).check_in_at == clock.now() + datetime.timedelta(days=28)
    # Nobody's place is not occupied: nobody stands in a newcomer's way.
    assert figures(ben) == (0, 1)


def test_a_freed_place_is_offered_at_the_next_tick(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    assert offered(referral) is None
    place = place_freed(ben)
    assert figures(ben) == (1, 1)
    tick()
    offer = offered(referral)
    assert offer is not None and offer.claim.place_id == place.pk
    assert (state(referral), figures(ben)) == ("offered", (0, 1))
    assert topics.PLACE_OFFERED in topics_to_client(referral)
    assert broken_after_tick(clock.now()) == []
    assert Allotment.objects.get().entries == [[offer.entry_id, "offered", place.pk]]


def test_yes_sets_the_other_lists_aside_and_going_ahead_ends_them(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    place_freed(ben)
    placement = offer_accept(offer=told(referral), actor=client_of(referral))
    assert entry_with(referral, cara).state == entry_with(referral, ben).state == State.KEPT
    go_ahead(placement=placement, side="client", actor=client_of(referral))
    go_ahead(placement=placement, side="therapist", actor=actor_of(ben))
    assert entry_with(referral, ben).state == State.PLACED
    assert entry_with(referral, cara).state == State.LEFT


def test_not_this_time_brings_the_other_lists_back_with_their_time(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    since = referral.queue_from
    place_freed(ben)
    placement = offer_accept(offer=told(referral), actor=client_of(referral))
    not_this_time(placement=placement, side="client", actor=client_of(referral))
    assert (state(referral), entry_with(referral, cara).state) == ("waiting", State.LISTED)
    assert fresh(referral).queue_from == since
    assert entry_with(referral, ben).state == State.LEFT


def test_keep_my_place_offers_nothing_for_two_weeks(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    offer_keep_place(offer=told(referral), actor=client_of(referral))
    assert (state(referral), figures(ben)) == ("waiting", (0, 1))
    tick()
    assert offered(referral) is None
    now.move(datetime.timedelta(days=13))
    Therapist.objects.update(confirmed_at=clock.now())
    tick()
    assert offered(referral) is None
    now.move(datetime.timedelta(days=1))
    tick()
    assert offered(referral) is not None


def test_silence_keeps_her_turn_and_the_second_time_somebody_asks(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    for lapses in (1, 2):
        offer = told(referral)
        now.at = offer.expires_at
        tick()
        assert offered(referral) is not None, "the window is half open"
        now.move(datetime.timedelta(seconds=1))
        tick()
        entry = entry_with(referral, ben)
        assert (state(referral), entry.lapses) == ("waiting", lapses)
        now.move(datetime.timedelta(days=14))
        Therapist.objects.update(confirmed_at=clock.now())
    assert entry_with(referral, ben).state == State.PARKED
    assert Task.objects.filter(kind=kinds.PARKED_ENTRY, state="open").count() == 1
    tick()
    assert offered(referral) is None
    offer_late_yes(offer=offer, actor=client_of(referral))
    tick()
    # Four weeks have passed since her therapist's yes.
    ask_agree(entry=entry_with(referral, ben), actor=actor_of(ben))
    tick()
    assert offered(referral) is not None


def test_late_is_late(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    offer = told(referral)
    now.at = offer.expires_at + datetime.timedelta(seconds=1)
    for act in (offer_accept, offer_keep_place, offer_stop):
        with pytest.raises(PlaceGone):
            act(offer=offer, actor=client_of(referral))


def test_a_late_yes_does_not_need_a_tick_first(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    offer = told(referral)
    now.at = offer.expires_at + datetime.timedelta(seconds=1)
    offer_late_yes(offer=offer, actor=client_of(referral))
    assert (state(referral), entry_with(referral, ben).no_offer_before) == ("waiting", None)
    tick()
    again = offered(referral)
    assert again is not None and again.pk != offer.pk


def test_stop_waiting_can_be_undone(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    offer_stop(offer=told(referral), actor=client_of(referral))
    assert (state(referral), entry_with(referral, ben).state) == ("choosing", State.LEFT)
    list_leave_undo(entry=entry_with(referral, ben), actor=client_of(referral))
    assert (state(referral), entry_with(referral, ben).state) == ("waiting", State.LISTED)
    list_leave(entry=entry_with(referral, ben), actor=client_of(referral))
    assert state(referral) == "choosing"


def test_a_newcomer_never_overtakes_the_queue(ben: Therapist, cara: Therapist) -> None:
    first = listed(full(ben))
    place_freed(ben)
    second = sent(ben, cara)
    assert open_offer(second).therapist == cara
    tick()
    assert offered(first) is not None


def test_a_refusal_goes_on_to_whoever_can_be_asked(ben: Therapist, cara: Therapist) -> None:
    referral = waits(full(ben))
    ask_refuse(entry=entry_with(referral, ben), code="times", actor=actor_of(ben))
    assert state(referral) == "choosing"
    assert topics.LIST_REFUSED in topics_to_client(referral)


def test_a_liked_therapist_who_comes_free_takes_the_request_back(ben: Therapist, cara: Therapist) -> None:
    referral = waits(full(ben), cara)
    assert (state(referral), open_offer(referral).therapist) == ("requested", cara)
    agrees(referral, ben)
    place_freed(ben)
    tick()
    offer = offered(referral)
    assert offer is not None and offer.therapist == ben
    cara.refresh_from_db()
    assert cara.unanswered_in_a_row == 0
    assert Offer.objects.get(therapist=cara).state == "withdrawn"


def test_a_place_that_does_not_fit_goes_past_her_and_to_a_newcomer(ben: Therapist) -> None:
    referral = listed(full(ben))
    WaitingListEntry.objects.filter(referral=referral).update(hours=0b100)
    make_place(ben, day=2, time=datetime.time(10))
    queues_recount(therapist_ids=[ben.pk])
    assert figures(ben) == (0, 1)
    tick()
    assert offered(referral) is None
    second = sent(ben, given_name="Zofia", email="zofia@example.org", channel_address="zofia@example.org")
    assert state(second) == "requested"


def test_an_old_yes_is_asked_again_and_the_place_waits(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    now.move(datetime.timedelta(days=29))
    Therapist.objects.update(confirmed_at=clock.now())
    place_freed(ben)
    tick()
    entry = entry_with(referral, ben)
    assert (entry.state, offered(referral)) == (State.ASKED, None)
    other = sent(ben, given_name="Zofia", email="zofia@example.org", channel_address="zofia@example.org")
    assert state(other) != "requested"
    ask_agree(entry=entry, actor=actor_of(ben))
    tick()
    assert offered(referral) is not None


def test_a_paused_therapist_freezes_and_goes_on(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    Therapist.objects.update(paused=True)
    place_freed(ben)
    tick()
    assert offered(referral) is None
    assert topics.LIST_FROZEN in topics_to_client(referral)
    Therapist.objects.update(paused=False)
    tick()
    offer = told(referral)
    Therapist.objects.update(paused=True)
    with pytest.raises(NotListed):
        offer_accept(offer=offer, actor=client_of(referral))
    tick()
    assert (state(referral), entry_with(referral, ben).state) == ("waiting", State.LISTED)


def test_a_suspended_therapist_ends_her_list(ben: Therapist) -> None:
    referral = listed(full(ben))
    ben.registrations.update(status="suspended")
    tick()
    assert (state(referral), entry_with(referral, ben).state) == ("choosing", State.REMOVED)
    assert topics.LIST_REMOVED in topics_to_client(referral)
    assert Referral.objects.get(pk=referral.pk).choices.get().state == "unavailable"
