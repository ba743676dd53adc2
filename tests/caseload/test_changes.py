"""Pauses and a change of therapist from her side: said neutrally, asked once, and nothing shown that cannot be done."""

import datetime

import pytest
from django.urls import reverse

from caseload.models import Ending
from core.models import Task
from notifications.models import Message
from notifications.topics import handler_of
from referrals.messages import topics
from referrals.models import Placement
from referrals.services.pausing import placement_pause
from referrals.services.switching import old_end, switch, switch_undo
from referrals.services.worries import worry_raise
from tests.referrals.given import client_of, state
from tests.referrals.test_switching import in_therapy, leaving
from tests.support.sign_in import signed_in
from therapists.models import Place, Therapist

pytestmark = pytest.mark.django_db
JANUARY = {"until_day": "7", "until_month": "1", "until_year": "2027"}
THE_7TH = datetime.date(2027, 1, 7)


def page(placement, name="placement"):
    return reverse(f"caseload:{name}", args=[placement.pk])


def shown(ben, placement, name="placement"):
    return signed_in(ben.user).get(page(placement, name)).content.decode()


def fresh(placement):
    return Placement.objects.get(pk=placement.pk)


def test_she_pauses_and_goes_on(ben):
    placement = in_therapy(ben)
    browser = signed_in(ben.user)
    assert "Enter the day" in browser.post(page(placement, "pause")).content.decode()
    browser.post(page(placement, "pause"), JANUARY)
    assert fresh(placement).paused_until == THE_7TH
    assert "Paused until <strong>Thursday 7 January" in shown(ben, placement)
    assert "Paused until Thursday 7 January 2027." in browser.get(reverse("caseload:people")).content.decode()
    assert browser.get(page(placement, "pause")).status_code == 302
    for _ in range(2):
        browser.post(page(placement, "resume"))
    assert fresh(placement).state == "active"


def test_a_pause_of_the_clients_is_seen_and_can_be_ended_by_an_ending(ben):
    placement = in_therapy(ben)
    placement_pause(placement=placement, side="client", until=THE_7TH, actor=client_of(placement.referral))
    assert "End therapy" in shown(ben, placement)
    signed_in(ben.user).post(page(placement, "end"), {"code": "completed", "place_then": "now"})
    assert fresh(placement).state == "ended"


def test_who_looks_for_somebody_else_is_shown_without_a_reason(ben):
    placement = leaving(ben)
    said = shown(ben, placement)
    assert "They are looking for somebody else." in said
    assert "They began to look for somebody else." in said
    for name in ("pause", "somebody_else"):
        assert page(placement, name) not in said
        assert signed_in(ben.user).get(page(placement, name)).status_code == 302
    assert "Looking for somebody else." in signed_in(ben.user).get(reverse("caseload:people")).content.decode()


def test_she_ends_with_somebody_who_leaves_and_says_what_becomes_of_the_place(ben):
    placement = leaving(ben)
    assert "They go on looking for somebody else" in shown(ben, placement, "end")
    data = {"code": "completed", "place_then": "from_date", "place_from_day": "11"}
    data |= {"place_from_month": "1", "place_from_year": "2027"}
    signed_in(ben.user).post(page(placement, "end"), data)
    assert fresh(placement).state == "ended"
    assert state(placement.referral) == "choosing"
    assert Ending.objects.get().place_from == datetime.date(2027, 1, 11)
    assert Place.objects.get(pk=placement.claim.place_id).available_from == datetime.date(2027, 1, 11)


def test_who_stays_can_be_ended_with_as_before(ben):
    placement = leaving(ben)
    switch_undo(referral=placement.referral, actor=client_of(placement.referral))
    signed_in(ben.user).post(page(placement, "end"), {"code": "completed", "place_then": "not_yet"})
    assert fresh(placement).state == "ended"
    assert state(placement.referral) == "closed"


def test_an_old_end_page_does_not_close_what_looks_for_somebody_else_by_mistake(ben):
    """The page was opened before she began to look: it ends the sessions, and she goes on looking."""
    placement = in_therapy(ben)
    browser = signed_in(ben.user)
    browser.get(page(placement, "end"))
    switch(placement=placement, side="client", many_sessions=False, actor=client_of(placement.referral))
    browser.post(page(placement, "end"), {"code": "completed", "place_then": "not_yet"})
    assert state(placement.referral) == "choosing"


def test_she_thinks_that_somebody_else_would_be_better(ben):
    placement = in_therapy(ben)
    browser = signed_in(ben.user)
    assert "Please tell them yourself first" in shown(ben, placement, "somebody_else")
    assert "Choose how many" in browser.post(page(placement, "somebody_else")).content.decode()
    assert state(placement.referral) == "in_therapy"
    browser.post(page(placement, "somebody_else"), {"sessions": "many"})
    assert state(placement.referral) == "choosing"
    text = handler_of(topics.SWITCHED).render(Message.objects.get(topic=topics.SWITCHED)).text
    assert "Ben thinks that another therapist can help you better from here. You have done nothing wrong" in text
    assert "You can go on seeing Ben until a first meeting with somebody else is agreed" in text
    assert "ask us to call you" in text
    assert "You said that another therapist would be better for them." in shown(ben, placement)


@pytest.mark.parametrize("name", ["pause", "resume", "somebody_else"])
def test_nobody_elses_people(ben: Therapist, cara: Therapist, name: str):
    placement = in_therapy(ben)
    assert signed_in(cara.user).post(page(placement, name), {**JANUARY, "sessions": "few"}).status_code == 404
    assert fresh(placement).state == "active" and fresh(placement).leaving_since is None


def test_the_desk_sees_who_is_left_who_pauses_and_who_is_away(ben, cara, dev):
    pausing, going = in_therapy(ben), leaving(cara)
    placement_pause(placement=pausing, side="client", until=THE_7TH, actor=client_of(pausing.referral))
    desk = signed_in(dev)
    said = desk.get(reverse("referrals:desk_referral", args=[pausing.referral_id])).content.decode()
    assert "Paused until Thursday 7 January" in said
    said = desk.get(reverse("referrals:desk_referral", args=[going.referral_id])).content.decode()
    assert "Still seeing" in said and "and looking for somebody else since Monday 23 November" in said
    assert not Task.objects.filter(detail__why="let_go").exists()


def test_whose_person_has_found_somebody_else_is_asked_what_becomes_of_the_place(ben, cara):
    placement = leaving(ben)
    old_end(placement=placement, actor=client_of(placement.referral))
    said = shown(ben, placement)
    assert "Nobody is offered this place before you say so." in said
    assert reverse("therapists:place_when", args=[placement.claim.place_id]) in said
    assert placement.client.email not in said


def test_a_safety_clinician_reads_what_to_do_about_a_worry(ben, sam):
    task = worry_raise(referral=in_therapy(ben).referral, actor=client_of(Placement.objects.get().referral))
    said = signed_in(sam).get(reverse("referrals:desk_task", args=[task.pk])).content.decode()
    assert "Somebody is worried about what her therapist did" in said
    assert "The therapist is not told." in said
    for address in (reverse("caseload:today"), reverse("caseload:placement", args=[Placement.objects.get().pk])):
        assert "worried" not in signed_in(ben.user).get(address).content.decode()
