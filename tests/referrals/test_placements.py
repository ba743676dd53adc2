"""From the yes to the end."""

import datetime

import pytest

from caseload.models import Ending
from caseload.services.endings import therapy_end
from core import clock
from core.clock import LONDON, Frozen
from core.models import Task
from referrals import kinds
from referrals.answers import Chosen
from referrals.errors import AlreadySaidNo, Incomplete, PlaceDateWrong, TooLate
from referrals.messages import topics
from referrals.models import Choice, Placement
from referrals.selectors.now import now_words
from referrals.services.choices import choices_change
from referrals.services.coordination import close_administratively, redirect, reopen, withdraw_for
from referrals.services.placements import contact_record, go_ahead, not_this_time
from referrals.services.requests import request_decline, request_interest
from referrals.services.withdrawal import call_me, withdraw, withdraw_undo
from referrals.transitions import NotAllowed
from tests.factories import make_therapist
from tests.referrals.given import (
    TICK,
    accepted,
    actor_of,
    client_of,
    fresh,
    met,
    open_offer,
    sent,
    state,
    topics_to_client,
)
from therapists.models import Place, PlaceClaim, Therapist
from therapists.selectors.places import free_for_new

pytestmark = pytest.mark.django_db


def free(therapist: Therapist) -> int:
    return free_for_new([therapist.pk], as_of=clock.now())[therapist.pk]


def both(placement: Placement) -> None:
    go_ahead(placement=placement, side="therapist", actor=actor_of(placement.therapist))
    assert go_ahead(placement=placement, side="client", actor=client_of(placement.referral))


def test_first_contact_gives_both_four_weeks(ben: Therapist) -> None:
    placement = met(ben)
    contact_record(placement=placement, actor=actor_of(ben))
    referral = fresh(placement.referral)
    assert referral.due_at == placement.created_at + datetime.timedelta(days=28)
    assert now_words(referral).lines == ("When you have met: would you like to go on with Ben?",)


def test_both_go_ahead(ben: Therapist, cara: Therapist) -> None:
    placement = met(ben, cara)
    assert not go_ahead(placement=placement, side="therapist", actor=actor_of(ben))
    referral = fresh(placement.referral)
    assert (referral.state, referral.action_owner) == ("meeting", "client")
    assert now_words(referral).lines[0].startswith("Ben would like to go on with you.")
    assert not go_ahead(placement=placement, side="therapist", actor=actor_of(ben))
    assert go_ahead(placement=placement, side="client", actor=client_of(referral))
    referral = fresh(referral)
    assert (referral.state, referral.due_at) == ("in_therapy", clock.now() + datetime.timedelta(weeks=12))
    assert topics_to_client(referral) == [topics.SENT, topics.MEETING, topics.YOUR_TURN, topics.GO_AHEAD]
    with pytest.raises(NotAllowed):
        go_ahead(placement=placement, side="client", actor=client_of(referral))


@pytest.mark.parametrize("side", ["client", "therapist"])
def test_not_this_time_asks_the_next_and_frees_the_place(ben: Therapist, cara: Therapist, side: str) -> None:
    placement = met(ben, cara)
    not_this_time(placement=placement, side=side, actor=TICK)
    assert free(ben) == 1
    assert open_offer(placement.referral).therapist == cara
    assert Choice.objects.get(therapist=ben).state == "ended"
    assert topics_to_client(placement.referral)[-1] == topics.NOT_THIS_TIME
    with pytest.raises(NotAllowed):
        not_this_time(placement=placement, side=side, actor=TICK)


def test_not_this_time_is_for_first_meetings(ben: Therapist) -> None:
    placement = met(ben)
    both(placement)
    with pytest.raises(NotAllowed):
        not_this_time(placement=placement, side="client", actor=TICK)
    with pytest.raises(ValueError, match="neighbour"):
        not_this_time(placement=placement, side="neighbour", actor=TICK)


@pytest.mark.parametrize(
    ("then", "day", "offered"),
    [("now", None, 1), ("not_yet", None, 0), ("from_date", datetime.date(2026, 12, 7), 0)],
)
def test_an_ending_says_what_becomes_of_the_place(
    ben: Therapist, now: Frozen, then: str, day: datetime.date | None, offered: int
) -> None:
    placement = met(ben)
    both(placement)
    ending = therapy_end(placement=placement, code="completed", place_then=then, place_from=day, actor=actor_of(ben))
    assert Ending.objects.get() == ending
    assert (state(placement.referral), free(ben)) == ("closed", offered)
    assert PlaceClaim.objects.filter(released_at=None).count() == 0
    assert topics_to_client(placement.referral)[-1] == topics.CLOSED
    now.at = datetime.datetime(2026, 12, 7, 9, tzinfo=LONDON)
    assert free(ben) == (0 if then == "not_yet" else 1)
    with pytest.raises(NotAllowed):
        therapy_end(placement=placement, code="completed", actor=actor_of(ben))


@pytest.mark.parametrize("day", [None, datetime.date(2026, 11, 22)])
def test_a_date_that_cannot_be_is_refused(ben: Therapist, day: datetime.date | None) -> None:
    placement = met(ben)
    with pytest.raises(PlaceDateWrong):
        therapy_end(placement=placement, code="completed", place_then="from_date", place_from=day, actor=actor_of(ben))
    assert Placement.objects.get().state == "meeting"


def test_the_default_after_therapy_is_not_yet(ben: Therapist) -> None:
    placement = met(ben)
    both(placement)
    withdraw(referral=placement.referral, actor=client_of(placement.referral))
    assert (free(ben), Place.objects.get().available_from) == (0, None)


# The list.


def test_a_changed_list_keeps_the_request_whose_therapist_stays(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben)
    offer = open_offer(referral)
    choices_change(referral=referral, choices=[Chosen(cara.pk), Chosen(ben.pk)], actor=client_of(referral))
    assert open_offer(referral) == offer
    now_listed = Choice.objects.filter(referral=referral, round=2).order_by("rank")
    assert list(now_listed.values_list("therapist_id", "state")) == [(cara.pk, "untried"), (ben.pk, "asked")]
    assert str(cara.pk) in fresh(referral).fee_snapshot["therapists"]
    request_decline(offer=offer, code="full", actor=actor_of(ben))
    assert open_offer(referral).therapist == cara


def test_taking_her_off_takes_the_request_back_and_counts_nothing(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben)
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    assert open_offer(referral).therapist == cara
    ben.refresh_from_db()
    assert (free(ben), ben.unanswered_in_a_row, fresh(referral).noes_in_a_row) == (1, 0, 0)


def test_whoever_said_no_is_not_asked_again_by_accident(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    request_decline(offer=open_offer(referral), code="times", actor=actor_of(ben))
    with pytest.raises(AlreadySaidNo) as refusal:
        choices_change(referral=referral, choices=[Chosen(ben.pk), Chosen(cara.pk)], actor=client_of(referral))
    assert refusal.value.therapist_ids == (ben.pk,)
    assert fresh(referral).round == 1


def test_an_empty_list_is_no_list(ben: Therapist) -> None:
    referral = sent(ben)
    with pytest.raises(Incomplete):
        choices_change(referral=referral, choices=[Chosen(987654321)], actor=client_of(referral))


def test_nothing_is_chosen_while_meeting_somebody(ben: Therapist, cara: Therapist) -> None:
    placement = met(ben)
    with pytest.raises(NotAllowed):
        choices_change(referral=placement.referral, choices=[Chosen(cara.pk)], actor=client_of(placement.referral))
    assert (Choice.objects.count(), fresh(placement.referral).round) == (1, 1)


# Stopping, and taking that back.


@pytest.mark.parametrize("reached", ["choosing", "requested", "meeting", "in_therapy"])
def test_stopping_lets_everything_go_and_can_be_undone(ben: Therapist, cara: Therapist, reached: str) -> None:
    referral = sent(ben, cara)
    began = referral.queue_from
    if reached in ("meeting", "in_therapy"):
        placement = accepted(referral)
        if reached == "in_therapy":
            both(placement)
    elif reached == "choosing":
        for therapist in (ben, cara):
            request_decline(offer=open_offer(referral), code="full", actor=actor_of(therapist))
    assert state(referral) == reached
    withdraw(referral=referral, actor=client_of(referral))
    referral = fresh(referral)
    assert (referral.state, referral.action_owner, referral.due_at) == ("closed", "", None)
    assert PlaceClaim.objects.filter(released_at=None).count() == 0
    assert "undo" in now_words(referral).actions
    withdraw_undo(referral=referral, actor=client_of(referral))
    referral = fresh(referral)
    assert referral.state == ("choosing" if reached == "choosing" else "requested")
    assert (referral.queue_from, referral.closed_code, referral.undo_until) == (began, "", None)


def test_after_seven_days_it_cannot(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    withdraw(referral=referral, actor=client_of(referral))
    now.move(datetime.timedelta(days=7))
    panel = now_words(fresh(referral))
    assert "undo" in panel.actions
    now.move(datetime.timedelta(microseconds=1))
    assert "undo" not in now_words(fresh(referral)).actions
    with pytest.raises(TooLate):
        withdraw_undo(referral=referral, actor=client_of(referral))


def test_only_what_she_stopped_can_be_undone(ben: Therapist) -> None:
    referral = sent(ben)
    redirect(referral=referral, reason="The crisis team has taken over", actor=TICK)
    with pytest.raises(TooLate):
        withdraw_undo(referral=referral, actor=client_of(referral))
    with pytest.raises(NotAllowed):
        withdraw(referral=referral, actor=client_of(referral))


# The desk.


def test_call_me_moves_the_next_step_only_while_choosing(ben: Therapist) -> None:
    referral = sent(ben)
    call_me(referral=referral, actor=client_of(referral))
    assert fresh(referral).action_owner == "therapist"
    assert Task.objects.get(kind=kinds.CALL_CLIENT).detail["why"] == "asked"
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    call_me(referral=referral, actor=client_of(referral))
    assert fresh(referral).action_owner == "coordinator"
    assert now_words(fresh(referral)).lines == ("Someone will call you by Tuesday 24 November, 5pm.",)


def test_closing_by_hand_needs_a_reason_and_a_code(ben: Therapist) -> None:
    referral = sent(ben)
    with pytest.raises(ValueError, match="reason"):
        close_administratively(referral=referral, code="duplicate", reason=" ", actor=TICK)
    with pytest.raises(ValueError, match="bored"):
        close_administratively(referral=referral, code="bored", reason="x", actor=TICK)
    close_administratively(referral=referral, code="duplicate", reason="Sent twice", actor=TICK)
    assert (state(referral), fresh(referral).closed_code) == ("closed", "duplicate")
    reopen(referral=referral, reason="It was not", actor=TICK)
    assert state(referral) == "requested"


def test_nobody_writes_to_the_dead(ben: Therapist) -> None:
    referral = sent(ben)
    close_administratively(referral=referral, code="death", reason="The family called", actor=TICK)
    assert state(referral) == "closed"
    assert topics.CLOSED not in topics_to_client(referral)


def test_stopping_for_her_on_the_phone_can_be_undone_by_her(ben: Therapist) -> None:
    referral = sent(ben)
    withdraw_for(referral=referral, reason="Asked on the phone", actor=TICK)
    withdraw_undo(referral=referral, actor=client_of(referral))
    assert state(referral) == "requested"


def test_two_at_once_with_one_place_each(ben: Therapist, cara: Therapist) -> None:
    dan = make_therapist(places=2)
    first, second = sent(dan), sent(dan)
    assert free(dan) == 0
    third = sent(dan)
    assert state(third) == "choosing"
    request_interest(offer=open_offer(first), actor=TICK)
    assert [accepted(referral).therapist for referral in (first, second)] == [dan, dan]
