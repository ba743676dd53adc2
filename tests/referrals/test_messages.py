"""What is said to whom: the words decided, nothing clinical, nothing at all in discreet mode, no no on its own."""

import datetime
import re

import pytest
from django.urls import reverse

from core import clock
from core.clock import LONDON, Frozen
from core.models import OneTimeCode
from core.one_time_codes import code_digits
from notifications.models import Message
from notifications.topics import Rendered, handler_of
from referrals import codes
from referrals.answers import Chosen
from referrals.messages import topics
from referrals.models import Referral
from referrals.services.choices import choices_change
from referrals.services.coordination import carry_on
from referrals.services.placements import go_ahead, not_this_time
from referrals.services.requests import request_decline
from referrals.services.sign_in import client_code_send
from referrals.services.withdrawal import call_me, withdraw, withdraw_undo
from referrals.tasks import tick
from referrals.words import call_by
from tests.referrals.given import TICK, accepted, actor_of, client_of, draft, fresh, met, open_offer, sent
from tests.support.sign_in import signed_in
from therapists.models import Registration, Therapist

pytestmark = pytest.mark.django_db
TO_CLIENT = {
    topics.SENT,
    topics.NO,
    topics.NO_ANSWER,
    topics.UNLISTED,
    topics.ASKED,
    topics.CHOICES_CHANGED,
    topics.MEETING,
    topics.YOUR_TURN,
    topics.GO_AHEAD,
    topics.NOT_THIS_TIME,
    topics.REMINDER,
    topics.CALL_COMING,
    topics.CLOSED,
    topics.REOPENED,
}
NEVER = ("declined", "rejected", "lapsed", "unsuitable", "failed", "discharged", "case", "priority")


def rendered(topic: str) -> Rendered:
    return handler_of(topic).render(Message.objects.filter(topic=topic).latest("pk"))


def said(topic: str) -> str:
    return rendered(topic).text


def a_life_with_everything(ben: Therapist, cara: Therapist, now: Frozen, **changes: object) -> Referral:
    """One referral that meets every topic to clients."""
    referral = sent(ben, cara, own_words="My secret trouble", **changes)
    me = client_of(referral)
    choices_change(referral=referral, choices=[Chosen(cara.pk), Chosen(ben.pk)], actor=me)
    now.at = open_offer(referral).expires_at + datetime.timedelta(seconds=1)
    tick()
    Registration.objects.filter(therapist=cara).update(status=Registration.Status.SUSPENDED)
    tick()
    choices_change(referral=referral, choices=[Chosen(ben.pk), Chosen(cara.pk)], actor=me)
    Registration.objects.filter(therapist=cara).update(status=Registration.Status.ACTIVE)
    now.move(datetime.timedelta(hours=1))
    if referral.offers.filter(state="open").exists():
        not_this_time(placement=accepted(referral), side="client", actor=me)
    unlisted = open_offer(referral)
    Registration.objects.filter(therapist=unlisted.therapist).update(status=Registration.Status.SUSPENDED)
    tick()
    Registration.objects.update(status=Registration.Status.ACTIVE)
    now.move(datetime.timedelta(days=3))
    tick()
    call_me(referral=referral, actor=me)
    carry_on(referral=referral, reason="Talked", actor=TICK)
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=me)
    withdraw(referral=referral, actor=me)
    withdraw_undo(referral=referral, actor=me)
    request_decline(offer=open_offer(referral), code=codes.FULL, actor=actor_of(cara))
    choices_change(referral=referral, choices=[Chosen(ben.pk)], actor=me)
    placement = accepted(referral)
    go_ahead(placement=placement, side="therapist", actor=actor_of(ben))
    go_ahead(placement=placement, side="client", actor=me)
    withdraw(referral=referral, actor=me)
    return fresh(referral)


def test_every_topic_is_met_and_none_gives_anything_away(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = a_life_with_everything(ben, cara, now)
    met_topics = set(Message.objects.filter(recipient_type="client").values_list("topic", flat=True))
    assert met_topics == TO_CLIENT
    for message in Message.objects.filter(recipient_type="client"):
        words = handler_of(message.topic).render(message)
        assert words.subject == "News from Rapport"
        assert words.text.startswith("Hello Ewa,")
        assert "999" in words.text and "116 123" in words.text
        assert "/mine/" in words.text
        assert "secret" not in words.text and referral.client.family_name not in words.text
        assert not [word for word in NEVER if re.search(rf"\b{word}\b", words.text.lower())], message.topic


def test_in_discreet_mode_nothing_is_said(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    a_life_with_everything(ben, cara, now, discreet=True)
    for message in Message.objects.filter(recipient_type="client"):
        words = handler_of(message.topic).render(message)
        assert words.subject == "A message for you"
        assert words.text.startswith("You have a message. Open it when you are alone: http")
        lowered = (words.subject + words.text.split("http")[0]).lower()
        assert not any(name in lowered for name in ("rapport", "ben", "cara", "therap", "counsel", "ewa"))


def test_a_text_message_says_only_that_there_is_news(ben: Therapist) -> None:
    sent(ben, channel="sms", phone="+447700900111")
    words = rendered(topics.SENT)
    assert words.subject == ""
    assert words.text.startswith("Rapport: there is news. Please open: http")
    assert words.text.endswith("Emergency: 999. Urgent mental health: 111.")
    assert "Ben" not in words.text


def test_the_words_decided(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    assert referral.reference in said(topics.SENT)
    assert "We have asked Ben. Ben will answer by Tuesday 24 November, 5pm." in said(topics.SENT)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    assert (
        "Ben cannot offer you a place at the moment. Therapists say this for many reasons. You have done nothing wrong."
        "\n\nWe have now asked Cara, who will answer by Tuesday 24 November, 5pm." in said(topics.NO)
    )


def test_silence_and_nobody_left(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    now.at = open_offer(referral).expires_at + datetime.timedelta(seconds=1)
    tick()
    words = said(topics.NO_ANSWER)
    assert "We did not hear from Ben in time. We are sorry. It is not because of you." in words
    assert "We still count your wait from Monday 23 November." in words
    assert "You can choose again, or ask us to call you and help." in words


def test_unlisted_says_who_calls_by_when(ben: Therapist) -> None:
    sent(ben)
    Registration.objects.filter(therapist=ben).update(status=Registration.Status.SUSPENDED)
    tick()
    words = said(topics.UNLISTED)
    assert "Ben cannot see people through Rapport at the moment. We cannot say more." in words
    assert "Someone will call you by Tuesday 24 November, 5pm." in words


def test_meeting(ben: Therapist) -> None:
    met(ben)
    assert "Ben has said yes to a first meeting and will contact you by Wednesday 25 November, 5pm." in said(
        topics.MEETING
    )


def test_what_is_not_true_any_more_is_not_said(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(cara))
    first = Message.objects.filter(topic=topics.NO).earliest("pk")
    words = handler_of(topics.NO).render(first).text
    assert ("We have now asked Cara" not in words and "Your page tells you" in words) or "your page tells you" in words


def test_after_closing_only_the_closing_notice_is_wanted(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = a_life_with_everything(ben, cara, now)
    wanted = {m.topic for m in Message.objects.filter(recipient_type="client") if handler_of(m.topic).still_wanted(m)}
    assert wanted == {topics.CLOSED}
    assert referral.state == "closed"


def test_a_reminder_is_not_wanted_once_she_has_chosen(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    ben.places.all().delete()
    referral = sent(ben)
    now.move(datetime.timedelta(days=2, seconds=1))
    tick()
    message = Message.objects.get(topic=topics.REMINDER)
    assert handler_of(topics.REMINDER).still_wanted(message)
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    assert not handler_of(topics.REMINDER).still_wanted(message)


def test_nothing_goes_out_at_night_but_codes(ben: Therapist, now: Frozen) -> None:
    now.at = datetime.datetime(2026, 11, 23, 23, 30, tzinfo=LONDON).astimezone(datetime.UTC)
    referral = sent(ben)
    client_code_send(reference=referral.reference, born=born(referral), source="here")
    by_topic = dict(Message.objects.values_list("topic", "not_before"))
    morning = datetime.datetime(2026, 11, 24, 8, tzinfo=LONDON)
    assert by_topic.pop(topics.CHANNEL_CODE) == by_topic.pop(topics.SIGN_IN_CODE) == clock.now()
    assert set(by_topic.values()) == {morning} and len(by_topic) == 2


def test_therapists_learn_nothing_about_anybody(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = a_life_with_everything(ben, cara, now)
    messages = Message.objects.filter(recipient_type="therapist")
    assert {m.topic for m in messages} >= {topics.REQUEST_NEW, topics.REQUEST_WITHDRAWN, topics.CONTACT_READY}
    for message in messages:
        words = handler_of(message.topic).render(message)
        assert words.subject == "Rapport: there is something for you"
        assert not any(word in words.text for word in ("Ewa", referral.reference, "anxiety", "secret", "LS6"))
        assert re.search(r"https?://\S+/(requests|people)/\d+/|https?://\S+/caseload/", words.text)


def test_a_request_message_says_by_when(ben: Therapist) -> None:
    sent(ben)
    assert "There is a new request for you.\n\nPlease answer by Tuesday 24 November, 5pm." in said(topics.REQUEST_NEW)


def test_a_therapist_nobody_signs_in_for_has_no_address(ben: Therapist) -> None:
    sent(ben)
    message = Message.objects.get(topic=topics.REQUEST_NEW)
    assert handler_of(topics.REQUEST_NEW).address(message).to == "ben@example.org"  # type: ignore[union-attr]
    Therapist.objects.filter(pk=ben.pk).update(user=None)
    assert handler_of(topics.REQUEST_NEW).address(message) is None


def test_codes_name_no_service_and_die_with_use(ben: Therapist, now: Frozen) -> None:
    draft(ben, prove=False)
    submission = draft(ben)
    used = Message.objects.get(topic=topics.CHANNEL_CODE, subject_id=submission.pk)
    assert not handler_of(topics.CHANNEL_CODE).still_wanted(used)
    referral = sent(ben)
    code_id = client_code_send(reference=referral.reference, born=born(referral), source="here")
    message = Message.objects.get(topic=topics.SIGN_IN_CODE)
    words = handler_of(topics.SIGN_IN_CODE).render(message)
    digits = code_digits(OneTimeCode.objects.get(pk=code_id))
    assert words.subject == "Your code" and digits in words.text and "apport" not in words.text
    assert digits not in str(Message.objects.values())
    now.move(datetime.timedelta(minutes=16))
    assert not handler_of(topics.SIGN_IN_CODE).still_wanted(message)


def test_no_message_row_holds_a_name_or_an_address(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = a_life_with_everything(ben, cara, now)
    rows = str(list(Message.objects.values()))
    for private in (referral.client.email, "Ewa", referral.client.family_name, "Ben", "Cara", "secret"):
        assert private not in rows


def born(referral: Referral) -> datetime.date:
    return datetime.date.fromisoformat(referral.client.date_of_birth)


def test_a_therapist_is_led_to_a_page_that_opens_whoever_ended_before_therapy(ben: Therapist) -> None:
    meeting = met(ben)
    not_this_time(placement=meeting, side="client", actor=client_of(meeting.referral))
    before = said(topics.PLACEMENT_ENDED)
    assert "The place is free again" in before and "when you offer the place" not in before
    assert reverse("caseload:placement", args=[meeting.pk]) not in before and reverse("caseload:today") in before


def test_a_therapist_is_asked_about_the_place_of_somebody_who_was_in_therapy(ben: Therapist) -> None:
    seen = met(ben)
    go_ahead(placement=seen, side="therapist", actor=actor_of(ben))
    go_ahead(placement=seen, side="client", actor=client_of(seen.referral))
    withdraw(referral=seen.referral, actor=client_of(seen.referral))
    after = said(topics.PLACEMENT_ENDED)
    assert "You can say when you offer the place again." in after
    page = signed_in(ben.user).get(reverse("caseload:placement", args=[seen.pk]))
    assert page.status_code == 200


@pytest.mark.parametrize(("number", "still"), [("07700900123", "still call you."), ("", "still write to you.")])
def test_no_call_is_promised_for_a_time_that_is_over(now: Frozen, number: str, still: str) -> None:
    by = clock.now()
    assert "by Monday" in call_by(by, number=number)
    now.at = by + datetime.timedelta(seconds=1)
    said = call_by(by, number=number)
    assert "We are late, and we are sorry." in said and said.endswith(still) and "will call you by" not in said
