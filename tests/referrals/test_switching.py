"""A change of therapist without fault, and pauses that cost nobody a place or a turn."""

import datetime

import pytest

from core import clock
from core.clock import Frozen
from core.models import Task
from notifications.models import Message
from notifications.topics import handler_of
from referrals.answers import Chosen
from referrals.errors import AlreadySaidNo, PauseDateWrong
from referrals.messages import topics
from referrals.models import Placement, Referral
from referrals.selectors.now import now_words
from referrals.services.choices import choices_change
from referrals.services.offers import offer_accept
from referrals.services.pausing import placement_pause, placement_resume, waiting_pause, waiting_resume
from referrals.services.placements import go_ahead, placement_end
from referrals.services.requests import request_decline
from referrals.services.switching import old_end, switch, switch_undo
from referrals.services.withdrawal import withdraw
from referrals.tasks import tick
from referrals.transitions import NotAllowed
from tests.referrals.given import accepted, actor_of, client_of, fresh, met, open_offer, state, topics_to_client
from tests.referrals.test_messages import NEVER
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


def to_ben(topic: str) -> list[Message]:
    return list(Message.objects.filter(topic=topic, recipient_type="therapist"))


def test_who_stays_can_look_again_later_and_each_time_he_is_told(ben: Therapist) -> None:
    placement = leaving(ben)
    referral, me = placement.referral, client_of(placement.referral)
    switch_undo(referral=referral, actor=me)
    switch(placement=placement, side="client", many_sessions=False, actor=me)
    assert state(referral) == "choosing"
    assert len(to_ben(topics.SWITCH_BEGUN)) == 2
    withdraw(referral=referral, actor=me)
    assert not any(handler_of(one.topic).still_wanted(one) for one in to_ben(topics.SWITCH_BEGUN))


def test_a_second_pause_is_told_like_the_first(ben: Therapist) -> None:
    placement = in_therapy(ben)
    me = client_of(placement.referral)
    for _ in range(2):
        until = clock.today() + datetime.timedelta(days=7)
        placement_pause(placement=placement, side="client", until=until, actor=me)
        placement_resume(placement=placement, actor=me)
    assert len(to_ben(topics.THERAPY_PAUSED)) == len(to_ben(topics.THERAPY_RESUMED)) == 2


def test_a_pause_ends_on_its_day_although_she_looks_for_somebody_else(ben: Therapist, now: Frozen) -> None:
    placement = in_therapy(ben)
    me = client_of(placement.referral)
    until = clock.today() + datetime.timedelta(days=7)
    placement_pause(placement=placement, side="client", until=until, actor=me)
    switch(placement=placement, side="client", many_sessions=False, actor=me)
    owner = fresh(placement.referral).action_owner
    now.move(datetime.timedelta(days=7))
    tick()
    assert Placement.objects.get(pk=placement.pk).state == "active"
    assert (state(placement.referral), fresh(placement.referral).action_owner) == ("choosing", owner)


def test_whoever_answered_alarmingly_and_is_let_go_is_called(ben: Therapist, monkeypatch) -> None:
    placement = in_therapy(ben)
    monkeypatch.setattr("referrals.services.switching.has_alarm", lambda referral: True)
    switch(placement=placement, side="therapist", many_sessions=True, actor=actor_of(ben))
    task = Task.objects.get(detail__why="let_go")
    assert task.owner_role == "safety_clinician"
    assert "Someone will call you by" in said(topics.SWITCHED)


def said(topic: str) -> str:
    return handler_of(topic).render(Message.objects.filter(topic=topic).latest("pk")).text


def wanted(topic: str) -> bool:
    return handler_of(topic).still_wanted(Message.objects.filter(topic=topic).latest("pk"))


@pytest.fixture
def told_everything(ben: Therapist, cara: Therapist) -> Referral:
    placement = in_therapy(ben)
    referral, me = placement.referral, client_of(placement.referral)
    until = clock.today() + datetime.timedelta(days=7)
    placement_pause(placement=placement, side="client", until=until, actor=me)
    placement_resume(placement=placement, actor=me)
    switch(placement=placement, side="client", many_sessions=False, actor=me)
    switch_undo(referral=referral, actor=me)
    switch(placement=placement, side="client", many_sessions=False, actor=me)
    waiting_pause(referral=referral, back_on=until, actor=me)
    old_end(placement=placement, actor=me)
    return referral


TO_CLIENT = (topics.SWITCHED, topics.STAYING, topics.OLD_ENDED, topics.PAUSED, topics.RESUMED, topics.AWAY)


def test_each_message_is_whole_in_itself_and_says_nothing_hurtful(told_everything: Referral) -> None:
    for topic in TO_CLIENT:
        text = said(topic)
        assert "Hello Ewa" in text and "999" in text and "/mine/" in text, topic
        assert not any(word in text.lower() for word in NEVER), topic
    assert "We do not offer you a place before then. Your turn on every list is kept." in said(topics.AWAY)
    for topic in (topics.SWITCH_BEGUN, topics.SWITCH_UNDONE, topics.THERAPY_PAUSED, topics.THERAPY_RESUMED):
        assert "Ewa" not in said(topic), topic


def test_discreet_messages_name_nobody(told_everything: Referral) -> None:
    client = told_everything.client
    client.discreet = True
    client.save()
    for topic in TO_CLIENT:
        text = said(topic)
        assert "Ben" not in text and "Rapport" not in text, topic


def test_what_was_taken_back_overnight_is_not_said_in_the_morning(told_everything: Referral) -> None:
    assert wanted(topics.AWAY) and wanted(topics.OLD_ENDED)
    assert not any(wanted(topic) for topic in (topics.SWITCHED, topics.STAYING, topics.PAUSED))
    waiting_resume(referral=told_everything, actor=client_of(told_everything))
    assert not wanted(topics.AWAY)


def test_the_new_yes_says_with_whom_it_ended(ben: Therapist, cara: Therapist) -> None:
    referral = leaving(ben).referral
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    accepted(referral)
    assert "Your sessions with Ben have ended." in said(topics.MEETING)


def test_who_is_on_holiday_is_asked_how_it_goes_when_she_is_back(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    now.at = fresh(referral).check_in_at - datetime.timedelta(days=3)
    waiting_pause(referral=referral, back_on=clock.today() + datetime.timedelta(days=10), actor=client_of(referral))
    now.move(datetime.timedelta(days=9))
    tick()
    assert not referral.check_ins.exists()
    now.move(datetime.timedelta(days=1))
    tick()
    tick()
    assert referral.check_ins.count() == 1


def test_after_a_no_her_page_says_so_again(ben: Therapist, cara: Therapist) -> None:
    referral = leaving(ben).referral
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    assert any("Nobody" in line for line in _after_a_no(referral, cara))
    assert "stay" in now_words(fresh(referral)).actions


def _after_a_no(referral: Referral, therapist: Therapist) -> tuple[str, ...]:
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(therapist))
    return now_words(fresh(referral)).lines
