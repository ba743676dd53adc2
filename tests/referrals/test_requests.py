"""A therapist's answer in two steps, and what follows for the client: never only a no, never a place promised twice."""

import datetime

import pytest

from core import clock
from core.clock import LONDON, Frozen
from core.models import AccessEntry, Task
from notifications.models import Message
from referrals import codes, kinds
from referrals.answers import Chosen
from referrals.errors import CallFirst, NotListed, OfferGone
from referrals.messages import topics
from referrals.models import Choice, Exclusion, Offer, Placement, Referral
from referrals.selectors.now import now_words
from referrals.selectors.summary import conflict_details
from referrals.selectors.timeline import timeline
from referrals.services.choices import choices_change
from referrals.services.coordination import carry_on, close_administratively, redirect
from referrals.services.requests import (
    request_decline,
    request_interest,
    request_known_person,
    request_offer_meeting,
    request_seen,
)
from referrals.services.withdrawal import withdraw, withdraw_undo
from referrals.transitions import NotAllowed
from tests.factories import make_therapist
from tests.referrals.given import (
    TICK,
    accepted,
    actor_of,
    client_of,
    draft,
    fresh,
    open_offer,
    sent,
    state,
    topics_to_client,
)
from therapists.models import PlaceClaim, Registration, Therapist

pytestmark = pytest.mark.django_db


def live_claims(therapist: Therapist) -> list[str]:
    rows = PlaceClaim.objects.filter(place__therapist=therapist, released_at=None)
    return list(rows.values_list("kind", flat=True))


def test_interest_shows_name_age_and_area_and_gives_a_working_day(ben: Therapist) -> None:
    referral = sent(ben, given_name="Ewa", family_name="Nowak", date_of_birth="1990-11-24")
    offer = open_offer(referral)
    assert conflict_details(offer, actor=actor_of(ben)) is None
    assert AccessEntry.objects.count() == 0
    offer = request_interest(offer=offer, actor=actor_of(ben))
    found = conflict_details(offer, actor=actor_of(ben))
    assert found is not None
    assert (found.name, found.age, found.area) == ("Ewa Nowak", 35, "LS6")
    entry = AccessEntry.objects.get()
    assert (entry.actor_id, entry.object_id, entry.purpose) == (
        str(ben.user_id),
        str(referral.client_id),
        "conflict_check",
    )
    assert offer.expires_at == datetime.datetime(2026, 11, 24, 17, tzinfo=LONDON)
    assert fresh(referral).due_at == offer.expires_at


def test_interest_near_the_end_extends_the_hold(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    now.at = open_offer(referral).expires_at
    offer = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    assert offer.expires_at == datetime.datetime(2026, 11, 25, 17, tzinfo=LONDON)
    assert PlaceClaim.objects.get(pk=offer.claim_id).expires_at == offer.expires_at
    now.at = offer.expires_at
    assert request_offer_meeting(offer=offer, actor=actor_of(ben)).therapist == ben


def test_pressing_twice_changes_nothing(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    first = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    now.move(datetime.timedelta(hours=3))
    again = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    assert (first.interested_at, first.expires_at) == (again.interested_at, again.expires_at)


def test_a_first_meeting_takes_the_place_and_tells_both(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    placement = accepted(referral)
    referral = fresh(referral)
    assert (referral.state, referral.action_owner, referral.due_at) == (
        "meeting",
        "therapist",
        datetime.datetime(2026, 11, 25, 17, tzinfo=LONDON),
    )
    assert live_claims(ben) == ["occupied"]
    assert PlaceClaim.objects.get(pk=placement.claim_id).holder_type == "placement"
    assert Choice.objects.get(referral=referral, therapist=ben).state == "yes"
    assert topics_to_client(referral) == [topics.SENT, topics.MEETING]
    assert Message.objects.filter(topic=topics.CONTACT_READY, recipient_id=ben.pk).exists()
    ben.refresh_from_db()
    assert (ben.new_people_month, ben.new_people_count) == ("2026-11", 1)


def test_no_first_meeting_without_the_check(ben: Therapist) -> None:
    referral = sent(ben)
    with pytest.raises(NotAllowed):
        request_offer_meeting(offer=open_offer(referral), actor=actor_of(ben))


def test_a_no_asks_the_next_in_one_message(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    request_decline(offer=open_offer(referral), code="times", actor=actor_of(ben))
    assert open_offer(referral).therapist == cara
    assert live_claims(ben) == []
    assert topics_to_client(referral) == [topics.SENT, topics.NO]
    message = Message.objects.get(topic=topics.NO)
    assert message.detail["next"] == open_offer(referral).pk
    assert Offer.objects.get(therapist=ben).code == "times"


def test_nobody_left_says_what_she_can_do_and_counts_her_wait(ben: Therapist) -> None:
    referral = sent(ben)
    request_decline(offer=open_offer(referral), code=codes.FULL, actor=actor_of(ben))
    referral = fresh(referral)
    assert (referral.state, referral.action_owner) == ("choosing", "client")
    panel = now_words(referral)
    assert panel.lines[0] == (
        "Nobody on your list can offer a place at the moment. We still count your wait from Monday 23 November."
    )
    assert {"call_me", "choose"} <= set(panel.actions)


def test_an_unknown_code_is_refused(ben: Therapist) -> None:
    referral = sent(ben)
    for code in ("other", " ", codes.KNOWN):
        with pytest.raises(ValueError, match=code):
            request_decline(offer=open_offer(referral), code=code, actor=actor_of(ben))
    assert state(referral) == "requested"


def test_after_the_second_no_in_a_row_somebody_calls(ben: Therapist, cara: Therapist) -> None:
    dan = make_therapist()
    referral = sent(ben, cara, dan)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    assert not Task.objects.filter(kind=kinds.CALL_CLIENT).exists()
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(cara))
    task = Task.objects.get(kind=kinds.CALL_CLIENT)
    assert (task.subject_id, task.owner_role) == (referral.pk, "coordinator")
    assert "Someone will call you by Tuesday 24 November, 5pm." in now_words(fresh(referral)).lines


def test_a_yes_ends_the_count_and_the_call(ben: Therapist, cara: Therapist) -> None:
    dan = make_therapist()
    referral = sent(ben, cara, dan)
    for _ in range(2):
        offer = open_offer(referral)
        request_decline(offer=offer, code="full", actor=actor_of(offer.therapist))
    accepted(referral)
    assert fresh(referral).noes_in_a_row == 0
    assert Task.objects.get(kind=kinds.CALL_CLIENT).state == "cancelled"


def test_i_know_this_person_is_silent_and_for_good(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    offer = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    request_known_person(offer=offer, actor=actor_of(ben))
    assert Exclusion.objects.get().side == "therapist"
    assert open_offer(referral).therapist == cara
    ben.refresh_from_db()
    assert ben.unanswered_in_a_row == 0
    told = " ".join(item.words for item in timeline(referral))
    assert "know" not in told and "cannot offer you a place" in told


def test_needs_more_calls_the_client_before_anything_is_said(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    request_decline(offer=open_offer(referral), code=codes.NEEDS_MORE, actor=actor_of(ben))
    referral = fresh(referral)
    assert (referral.state, referral.action_owner) == ("choosing", "coordinator")
    assert Task.objects.get().kind == kinds.CALL_BEFORE_TELLING
    assert topics_to_client(referral) == [topics.SENT]
    assert not any("cannot offer" in item.words for item in timeline(referral))
    assert any("cannot offer" in item.words for item in timeline(referral, viewer="staff"))
    carry_on(referral=referral, reason="Spoke with her", actor=TICK)
    assert open_offer(referral).therapist == cara
    made = Task.objects.get(kind=kinds.CALL_BEFORE_TELLING)
    assert (made.state, made.outcome, made.note) == ("done", "reached", "Spoke with her")
    assert any("cannot offer" in item.words for item in timeline(referral))


def needs_more(*therapists: Therapist) -> Referral:
    referral = sent(*therapists)
    request_decline(offer=open_offer(referral), code=codes.NEEDS_MORE, actor=actor_of(therapists[0]))
    return fresh(referral)


def call_state(referral: Referral) -> str:
    return Task.objects.get(kind=kinds.CALL_BEFORE_TELLING, subject_id=referral.pk).state


def test_nobody_else_is_asked_before_that_call(ben: Therapist, cara: Therapist) -> None:
    referral = needs_more(ben, cara)
    panel = now_words(referral)
    assert panel.lines == ("Someone will call you by Tuesday 24 November, 5pm.",)
    assert panel.actions == ("withdraw", "away")
    with pytest.raises(CallFirst, match="Someone will call you by Tuesday 24 November, 5pm"):
        choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    assert not Offer.objects.filter(state="open").exists()
    assert call_state(referral) == "open"


def test_somebody_who_withdraws_is_still_called(ben: Therapist, cara: Therapist) -> None:
    referral = needs_more(ben, cara)
    withdraw(referral=referral, actor=client_of(referral))
    assert call_state(referral) == "open"
    withdraw_undo(referral=referral, actor=client_of(referral))
    referral = fresh(referral)
    assert (referral.state, referral.action_owner) == ("choosing", "coordinator")
    assert "choose" not in now_words(referral).actions
    assert not Offer.objects.filter(state="open").exists()


@pytest.mark.parametrize(
    ("code", "left"), [("death", "cancelled"), ("duplicate", "cancelled"), ("unreachable", "open")]
)
def test_only_a_death_or_a_duplicate_takes_that_call_back(ben: Therapist, code: str, left: str) -> None:
    referral = needs_more(ben)
    close_administratively(referral=referral, code=code, reason="On record", actor=TICK)
    assert call_state(referral) == left


def test_leading_to_other_help_is_what_that_call_came_to(ben: Therapist) -> None:
    referral = needs_more(ben)
    redirect(referral=referral, reason="The crisis team has her", actor=TICK)
    assert call_state(referral) == "done"


@pytest.mark.parametrize("act", [request_interest, request_known_person])
def test_what_has_expired_cannot_be_answered_even_if_nothing_marked_it(ben: Therapist, now: Frozen, act) -> None:
    referral = sent(ben)
    offer = open_offer(referral)
    now.at = offer.expires_at + datetime.timedelta(microseconds=1)
    with pytest.raises(OfferGone):
        act(offer=offer, actor=actor_of(ben))
    assert (state(referral), Placement.objects.count()) == ("requested", 0)


def test_an_expired_hold_cannot_be_accepted(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    offer = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    now.at = offer.expires_at + datetime.timedelta(microseconds=1)
    with pytest.raises(OfferGone):
        request_offer_meeting(offer=offer, actor=actor_of(ben))
    assert Placement.objects.count() == 0


def test_at_the_very_second_it_can(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    offer = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    now.at = offer.expires_at
    assert request_offer_meeting(offer=offer, actor=actor_of(ben)).referral_id == referral.pk


@pytest.mark.parametrize(("change", "reason"), [({"paused": True}, "paused"), ({"monthly_limit": 0}, "monthly_limit")])
def test_no_acceptance_by_somebody_not_listed(ben: Therapist, change: dict, reason: str) -> None:
    referral = sent(ben)
    offer = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    Therapist.objects.filter(pk=ben.pk).update(**change)
    with pytest.raises(NotListed) as refusal:
        request_offer_meeting(offer=offer, actor=actor_of(ben))
    assert refusal.value.reasons == (reason,)
    assert (state(referral), live_claims(ben)) == ("requested", ["hold"])


def test_a_late_renewal_does_not_stop_a_yes_to_an_open_request(ben: Therapist) -> None:
    referral = sent(ben)
    Registration.objects.filter(therapist=ben).update(valid_until=clock.today() - datetime.timedelta(days=1))
    offer = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    Registration.objects.filter(therapist=ben).update(valid_until=clock.today() - datetime.timedelta(days=14))
    assert request_offer_meeting(offer=offer, actor=actor_of(ben)).therapist == ben


def test_a_renewal_later_than_that_does(ben: Therapist) -> None:
    referral = sent(ben)
    Registration.objects.filter(therapist=ben).update(valid_until=clock.today() - datetime.timedelta(days=15))
    with pytest.raises(NotListed):
        request_interest(offer=open_offer(referral), actor=actor_of(ben))


def test_no_acceptance_after_a_suspension(ben: Therapist) -> None:
    referral = sent(ben)
    offer = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    Registration.objects.filter(therapist=ben).update(status=Registration.Status.SUSPENDED)
    with pytest.raises(NotListed):
        request_offer_meeting(offer=offer, actor=actor_of(ben))


def test_answering_confirms_her(ben: Therapist) -> None:
    referral = sent(ben)
    Therapist.objects.filter(pk=ben.pk).update(
        confirmed_at=clock.now() - datetime.timedelta(days=20), unanswered_in_a_row=2
    )
    request_interest(offer=open_offer(referral), actor=actor_of(ben))
    ben.refresh_from_db()
    assert (ben.confirmed_at, ben.unanswered_in_a_row) == (clock.now(), 0)


def test_opening_the_page_confirms_nothing(ben: Therapist) -> None:
    referral = sent(ben)
    before = ben.confirmed_at
    request_seen(offer=open_offer(referral), actor=actor_of(ben))
    ben.refresh_from_db()
    assert (open_offer(referral).seen_at, ben.confirmed_at) == (clock.now(), before)


def test_a_request_answered_before_is_gone(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    offer = open_offer(referral)
    request_decline(offer=offer, code="full", actor=actor_of(ben))
    for act in (request_interest, request_offer_meeting, request_known_person):
        with pytest.raises(OfferGone):
            act(offer=offer, actor=actor_of(ben))
    assert open_offer(referral).therapist == cara


def test_the_next_place_gone_meanwhile_goes_on_to_the_one_after(ben: Therapist, cara: Therapist) -> None:
    dan = make_therapist()
    referral = sent(ben, cara, dan)
    sent(cara)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    assert open_offer(referral).therapist == dan


def test_sending_again_after_a_no_does_not_ask_the_same_draft_twice(ben: Therapist) -> None:
    submission = draft(ben)
    from referrals.services.submit import referral_submit

    referral = referral_submit(submission=submission, actor=TICK)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    assert referral_submit(submission=submission, actor=TICK) == referral
    assert Offer.objects.count() == Referral.objects.count() == 1
