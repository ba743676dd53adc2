"""A change of therapist without fault, and pauses that cost nobody a place or a turn."""

import datetime

import pytest

from core import clock
from core.clock import Frozen
from referrals.answers import Chosen
from referrals.errors import AlreadySaidNo, PauseDateWrong
from referrals.models import Placement
from referrals.services.choices import choices_change
from referrals.services.offers import offer_accept
from referrals.services.pausing import placement_pause, placement_resume, waiting_pause, waiting_resume
from referrals.services.placements import go_ahead, placement_end
from referrals.services.switching import old_end, switch, switch_undo
from referrals.services.withdrawal import withdraw
from referrals.tasks import tick
from referrals.transitions import NotAllowed
from tests.referrals.given import accepted, actor_of, client_of, fresh, met, open_offer, state, topics_to_client
from tests.referrals.waiting import agrees, entry_with, full, listed, offered, place_freed, told
from tests.support.invariants import broken_invariants
from therapists.models import PlaceClaim, Therapist

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_broken(now: Frozen):
    yield
    assert broken_invariants(clock.now()) == []


def in_therapy(therapist: Therapist) -> Placement:
    placement = met(therapist)
    go_ahead(placement=placement, side="client", actor=client_of(placement.referral))
    go_ahead(placement=placement, side="therapist", actor=actor_of(therapist))
    placement.refresh_from_db()
    return placement


def leaving(therapist: Therapist, *, many: bool = False) -> Placement:
    placement = in_therapy(therapist)
    switch(placement=placement, side="client", many_sessions=many, actor=client_of(placement.referral))
    placement.refresh_from_db()
    return placement


@pytest.mark.parametrize("many", [True, False])
def test_her_wait_counts_from_before_unless_there_were_many_sessions(ben: Therapist, now: Frozen, many: bool) -> None:
    placement = in_therapy(ben)
    before = fresh(placement.referral).queue_from
    now.move(datetime.timedelta(days=30))
    switch(placement=placement, side="client", many_sessions=many, actor=client_of(placement.referral))
    assert state(placement.referral) == "choosing"
    assert fresh(placement.referral).queue_from == (clock.now() if many else before)
    assert Placement.objects.get(pk=placement.pk).state == "active"


def test_the_old_placement_goes_on_until_she_meets_somebody_else(ben: Therapist, cara: Therapist) -> None:
    placement = leaving(ben)
    referral = placement.referral
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    assert open_offer(referral).therapist == cara
    assert Placement.objects.get(pk=placement.pk).state == "active"
    accepted(referral)
    assert Placement.objects.get(pk=placement.pk).state == "ended"
    assert not PlaceClaim.objects.filter(place__therapist=ben, released_at=None).exists()
    assert state(referral) == "meeting"


def test_through_a_list_too(ben: Therapist, cara: Therapist) -> None:
    full(cara)
    referral = leaving(ben).referral
    choices_change(referral=referral, choices=[Chosen(cara.pk, will_wait=True)], actor=client_of(referral))
    agrees(referral, cara)
    place_freed(cara)
    offer_accept(offer=told(referral), actor=client_of(referral))
    assert Placement.objects.filter(referral=referral).exclude(state="ended").get().therapist == cara


def test_she_may_stay_after_all(ben: Therapist, cara: Therapist) -> None:
    placement = leaving(ben)
    referral = placement.referral
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    switch_undo(referral=referral, actor=client_of(referral))
    assert state(referral) == "in_therapy"
    assert not referral.offers.filter(state="open").exists()
    with pytest.raises(NotAllowed):
        switch_undo(referral=referral, actor=client_of(referral))


def test_either_may_end_the_old_one_first(ben: Therapist, cara: Therapist) -> None:
    mine, hers = leaving(ben), leaving(cara)
    old_end(placement=mine, actor=client_of(mine.referral))
    placement_end(placement=hers, code="completed", place_then="now", actor=actor_of(cara))
    for placement in (mine, hers):
        assert Placement.objects.get(pk=placement.pk).state == "ended"
        assert state(placement.referral) == "choosing"


def test_whom_she_leaves_cannot_be_chosen_and_withdrawing_ends_all(ben: Therapist) -> None:
    placement = leaving(ben)
    with pytest.raises(AlreadySaidNo):
        choices_change(referral=placement.referral, choices=[Chosen(ben.pk)], actor=client_of(placement.referral))
    withdraw(referral=placement.referral, actor=client_of(placement.referral))
    assert Placement.objects.get(pk=placement.pk).state == "ended"


def test_a_pause_keeps_the_place_and_ends_by_itself(ben: Therapist, now: Frozen) -> None:
    placement = in_therapy(ben)
    back = clock.today() + datetime.timedelta(days=14)
    placement_pause(placement=placement, side="client", until=back, actor=client_of(placement.referral))
    assert PlaceClaim.objects.filter(place__therapist=ben, released_at=None, kind="occupied").exists()
    now.move(datetime.timedelta(days=13))
    tick()
    assert Placement.objects.get(pk=placement.pk).state == "paused"
    now.move(datetime.timedelta(days=1))
    tick()
    assert Placement.objects.get(pk=placement.pk).state == "active"
    assert placement_resume(placement=placement, actor=actor_of(ben)) is False


def test_a_holiday_keeps_her_turn(ben: Therapist, now: Frozen) -> None:
    referral, behind = listed(full(ben)), listed(ben)
    waiting_pause(referral=referral, back_on=clock.today() + datetime.timedelta(days=7), actor=client_of(referral))
    place_freed(ben)
    tick()
    assert offered(referral) is None and offered(behind) is not None
    now.move(datetime.timedelta(days=7))
    tick()
    assert fresh(referral).away_until is None
    # Nobody could tell the other one about the place: it is hers now.
    assert entry_with(referral, ben).state == "offered"
    assert waiting_resume(referral=referral, actor=client_of(referral)) is False
    assert "waiting_paused" in topics_to_client(referral)


@pytest.mark.parametrize("days", [-1, 0, 92, 4000])
def test_a_holiday_ends_in_the_near_future(ben: Therapist, days: int) -> None:
    referral = listed(full(ben))
    with pytest.raises(PauseDateWrong):
        waiting_pause(
            referral=referral, back_on=clock.today() + datetime.timedelta(days=days), actor=client_of(referral)
        )
