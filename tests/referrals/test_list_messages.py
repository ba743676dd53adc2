"""What clients are told about lists and places: whole in itself, never only a no, leading to a page and to no act."""

import datetime
import re

import pytest
from django.test import override_settings
from django.urls import reverse

from core import clock
from core.clock import LONDON, Frozen
from notifications.models import Message
from notifications.topics import handler_of
from referrals import clocks, codes
from referrals.answers import Chosen
from referrals.messages import topics
from referrals.models import Offer, Referral
from referrals.services.asks import ask_agree, ask_refuse, entry_remove
from referrals.services.choices import choices_change
from referrals.services.joining import list_join, list_leave
from referrals.services.offer_times import offer_told
from referrals.services.offers import offer_accept, offer_keep_place
from referrals.services.placements import not_this_time
from referrals.services.walk import referral_rewalk
from referrals.tasks import tick
from tests.factories import make_place
from tests.matching.test_wait_words import forecast_of
from tests.referrals.given import actor_of, client_of, fresh
from tests.referrals.test_messages import NEVER
from tests.referrals.waiting import agrees, entry_with, full, listed, offered, place_freed, told, waits
from therapists.models import Registration, Therapist

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


def last(topic: str) -> Message:
    return Message.objects.filter(topic=topic).latest("pk")


def said(topic: str) -> str:
    return handler_of(topic).render(last(topic)).text


def wanted(topic: str) -> bool:
    return handler_of(topic).still_wanted(last(topic))


def goes_by(now: Frozen, until: datetime.datetime) -> None:
    """Time passes; the therapists go on saying that they take people."""
    now.at = until
    Therapist.objects.update(confirmed_at=clock.now())
    tick()


def agrees_again(referral: Referral, therapist: Therapist) -> None:
    """Where her yes was older than four weeks, she says it again."""
    tick()
    if entry_with(referral, therapist).state == "asked":
        ask_agree(entry=entry_with(referral, therapist), actor=actor_of(therapist))


def a_life_of_waiting(ben: Therapist, cara: Therapist, now: Frozen, **changes: object) -> Referral:
    """One referral that is told nearly everything there is to tell about lists and places."""
    referral = waits(full(ben), **changes)
    me = client_of(referral)
    choices_change(referral=referral, choices=[Chosen(ben.pk, will_wait=True), Chosen(full(cara).pk)], actor=me)
    list_join(referral=referral, therapist_id=cara.pk, actor=me)
    agrees(referral, ben)
    goes_by(now, entry_with(referral, cara).answer_due_at + SECOND)
    goes_by(now, fresh(referral).check_in_at)
    place_freed(ben)
    agrees_again(referral, ben)
    offer = told(referral)
    goes_by(now, clocks.half_time(clock.now(), offer.expires_at) + SECOND)
    offer_keep_place(offer=offer, actor=me)
    for _lapse in range(2):
        goes_by(now, clock.now() + datetime.timedelta(days=14))
        agrees_again(referral, ben)
        goes_by(now, told(referral).expires_at + SECOND)
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    tick()
    return referral


def test_a_life_of_waiting_gives_nothing_away_and_helps_at_once(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = a_life_of_waiting(ben, cara, now, own_words="My secret trouble")
    rows = Message.objects.filter(recipient_type="client", recipient_id=referral.client_id)
    assert {row.topic for row in rows} >= {
        topics.LIST_JOINED, topics.LIST_AGREED, topics.LIST_NO_ANSWER, topics.CHECK_IN, topics.PLACE_OFFERED,
        topics.PLACE_REMINDER, topics.PLACE_KEPT, topics.PLACE_LAPSED, topics.PARKED, topics.LIST_FROZEN,
    }  # fmt: skip
    for row in rows:
        words = handler_of(row.topic).render(row)
        assert words.subject == "News from Rapport"
        assert words.text.startswith("Hello Ewa,")
        assert "999" in words.text and "116 123" in words.text and "/mine/" in words.text
        assert "secret" not in words.text and referral.client.family_name not in words.text
        assert not [word for word in NEVER if re.search(rf"\b{word}\b", words.text.lower())], row.topic
        links = set(re.findall(r"https?://\S+", words.text))
        assert {link.partition("/mine/")[2] for link in links} == {""}, "a link leads to her page and to no act"
    assert "secret" not in str(rows.values()) and "Ben" not in str(list(rows.values()))


def test_in_discreet_mode_and_by_text_nothing_is_said_but_by_when(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    quiet = a_life_of_waiting(ben, cara, now, discreet=True)
    for row in Message.objects.filter(recipient_type="client", recipient_id=quiet.client_id):
        words = handler_of(row.topic).render(row)
        assert words.subject == "A message for you"
        assert words.text == f"You have a message. Open it when you are alone: http://127.0.0.1:8000{mine()}"


def mine() -> str:
    return reverse("referrals:my_referral")


def test_a_text_message_says_by_when_only_where_a_place_is_held(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben), channel="sms", phone="+447700900111")
    agreed = said(topics.LIST_AGREED)
    assert agreed.startswith("Rapport: there is news. Please open: http") and "Ben" not in agreed
    place_freed(ben)
    tick()
    assert said(topics.PLACE_OFFERED) == (
        f"Rapport: there is news. Please open by Wed 25 Nov, 10am: http://127.0.0.1:8000{mine()}."
        " Emergency: 999. Urgent mental health: 111."
    )
    assert len(said(topics.PLACE_OFFERED)) <= 160, "one text message"
    assert offered(referral) is not None


@override_settings(SERVICE_PHONE="0113 496 0000")
def test_a_letter_says_what_to_do_without_the_internet(ben: Therapist) -> None:
    referral = listed(full(ben))
    message = last(topics.LIST_AGREED)
    message.channel = "letter"
    words = handler_of(message.topic).render(message).text
    assert "You do not need the internet. Call us on 0113 496 0000 and say your reference" in words
    assert referral.reference in words and "Ben has said yes" in words


def test_a_letter_without_a_number_to_call_does_not_invent_one(ben: Therapist) -> None:
    listed(full(ben))
    message = last(topics.LIST_AGREED)
    message.channel = "letter"
    words = handler_of(message.topic).render(message).text
    assert "A library or your GP practice can help you" in words and "Call us" not in words


def test_what_is_printed_is_never_later_than_what_counts(ben: Therapist, now: Frozen) -> None:
    """Rendered at one second, handed over at a later one: the true time lies after the printed one."""
    now.at = datetime.datetime(2026, 11, 23, 10, 31, 47, tzinfo=LONDON)
    referral = listed(full(ben))
    place_freed(ben)
    tick()
    assert "Held for you until Wednesday 25 November, 10.31am." in said(topics.PLACE_OFFERED)
    now.move(datetime.timedelta(seconds=20))
    offer = offered(referral)
    assert offer is not None
    offer_told(offer_id=offer.pk, at=clock.now())
    counts = Offer.objects.get(pk=offer.pk).expires_at
    assert counts == datetime.datetime(2026, 11, 25, 10, 32, 7, tzinfo=LONDON)
    # Read again, after the hand-over: the time is the one that counts, whatever the clock says.
    now.move(datetime.timedelta(hours=3))
    assert "Held for you until Wednesday 25 November, 10.32am." in said(topics.PLACE_OFFERED)


def test_the_hand_over_starts_her_time_and_a_bounce_stops_it(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    tick()
    message, handler = last(topics.PLACE_OFFERED), handler_of(topics.PLACE_OFFERED)
    offer = offered(referral)
    assert offer is not None and offer.told_at is None
    message.sent_at = clock.now()
    handler.sent(message)  # type: ignore[attr-defined]
    assert offered(referral).told_at == clock.now()  # type: ignore[union-attr]
    handler.failed(message)  # type: ignore[attr-defined]
    after = offered(referral)
    assert after is not None and after.told_at is None and after.bounced_at == clock.now()


def test_a_place_with_other_lists_says_what_becomes_of_them(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    place_freed(ben)
    offer = told(referral)
    words = said(topics.PLACE_OFFERED)
    assert "Ben can see you." in words and "£50 a session." in words
    assert "Your places on other lists are kept until you and Ben both go ahead. Then they end." in words
    placement = offer_accept(offer=offer, actor=client_of(referral))
    words = said(topics.MEETING)
    assert "Ben has said yes to a first meeting and will contact you by" in words
    assert "Your places on other lists are kept until you both go ahead: Cara." in words
    not_this_time(placement=placement, side="client", actor=client_of(referral))
    words = said(topics.NOT_THIS_TIME)
    assert "You are back on the list of Cara. Your wait counts as before." in words
    assert "You are waiting for Cara." in words


def test_with_one_list_nothing_is_said_about_others(ben: Therapist) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    told(referral)
    assert "Your places on other lists" not in said(topics.PLACE_OFFERED)


def test_sent_with_nobody_to_ask_but_somebody_to_wait_for(ben: Therapist) -> None:
    waits(full(ben))
    words = said(topics.SENT)
    assert "We have asked Ben if you can wait for a place. Ben will answer by Tuesday 24 November, 5pm." in words
    assert "We will check in with you on Monday 21 December." in words
    assert "If things get worse, do not wait for us." in words


def test_agreed_says_how_many_are_ahead_and_how_long(ben: Therapist) -> None:
    listed(full(ben))
    forecast_of(ben)
    listed(ben)
    words = said(topics.LIST_AGREED)
    assert "Ben has said yes: you are on the waiting list for a place with Ben." in words
    assert "1 person is ahead of you. This can go up as well as down." in words
    assert "Probably about 9 weeks." in words
    assert "Your wait counts from Monday 23 November." in words


def test_a_no_comes_with_what_is_next(ben: Therapist, cara: Therapist) -> None:
    referral = waits(full(ben), full(cara))
    ask_refuse(entry=entry_with(referral, ben), code=codes.FULL, actor=actor_of(ben))
    words = said(topics.LIST_REFUSED)
    assert "You cannot wait for a place with Ben at the moment. Therapists say this for many reasons." in words
    assert "You have done nothing wrong." in words
    assert "We have asked Cara if you can wait for a place." in words
    ask_refuse(entry=entry_with(referral, cara), code=codes.FULL, actor=actor_of(cara))
    words = said(topics.LIST_REFUSED)
    assert "You can choose again, or ask us to call you and help." in words
    assert "We still count your wait from Monday 23 November." in words


def test_taken_off_by_the_therapist_comes_with_what_is_next(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    entry_remove(entry=entry_with(referral, ben), code="list_too_long", actor=actor_of(ben))
    words = said(topics.LIST_REMOVED)
    assert "Ben cannot keep you on the waiting list any longer. You have done nothing wrong." in words
    assert "You are waiting for Cara." in words


def test_a_therapist_who_lost_her_standing_is_not_said_to_have_chosen_it(ben: Therapist, cara: Therapist) -> None:
    listed(full(ben), full(cara))
    Registration.objects.filter(therapist=ben).update(status=Registration.Status.SUSPENDED)
    tick()
    words = said(topics.LIST_REMOVED)
    assert "Ben cannot see people through Rapport at the moment. We cannot say more." in words
    assert "suspended" not in words and "You are waiting for Cara." in words


def test_a_place_taken_back_says_whether_she_stays_on_the_list(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    place_freed(ben)
    told(referral)
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    tick()
    words = said(topics.PLACE_TAKEN_BACK)
    assert "We are sorry: the place with Ben that we told you about cannot be given at the moment." in words
    assert "You are still on Ben’s list and your wait still counts from Monday 23 November." in words
    assert "You also wait for Cara, as before." in words


def test_leaving_says_until_when_it_can_be_undone(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    list_leave(entry=entry_with(referral, ben), actor=client_of(referral))
    words = said(topics.LIST_LEFT)
    assert "You are not waiting for Ben any more." in words
    assert "you can undo this until Friday 27 November, 10am." in words
    assert "You are waiting for Cara." in words


def test_the_second_place_in_a_row_without_an_answer_is_one_message(
    ben: Therapist, cara: Therapist, now: Frozen
) -> None:
    a_life_of_waiting(ben, cara, now)
    assert not wanted(topics.PLACE_LAPSED)
    words = said(topics.PARKED)
    assert "We told you twice about a place with Ben and did not hear from you. That is all right." in words
    assert "If you still want a place, say so on your page" in words
    assert "You do not need to do anything" not in words


def test_what_is_over_is_not_sent(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    offer = told(referral)
    assert wanted(topics.PLACE_OFFERED) and wanted(topics.LIST_AGREED)
    now.at = offer.expires_at
    assert wanted(topics.PLACE_OFFERED)
    now.move(SECOND)
    assert not wanted(topics.PLACE_OFFERED)
    now.move(-SECOND)
    offer_accept(offer=offer, actor=client_of(referral))
    assert not wanted(topics.PLACE_OFFERED)


def test_a_check_in_is_not_sent_to_whoever_has_answered_or_waits_no_more(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    goes_by(now, fresh(referral).check_in_at)
    assert wanted(topics.CHECK_IN)
    assert "If you do not answer, you keep your place." in said(topics.CHECK_IN)
    list_leave(entry=entry_with(referral, ben), actor=client_of(referral))
    assert not wanted(topics.CHECK_IN)


def test_asking_somebody_further_down_is_not_told_as_a_talk(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben))
    choices_change(
        referral=referral, choices=[Chosen(ben.pk, will_wait=True), Chosen(full(cara).pk)], actor=client_of(referral)
    )
    make_place(cara)
    referral_rewalk(referral=referral, actor=client_of(referral))
    words = said(topics.ASKED)
    assert "You asked us to look at your list again." in words and "talking" not in words
    assert "We have asked Cara. Cara will answer by" in words
    assert "You are waiting for Ben." in words


def test_nothing_about_lists_goes_out_at_night(ben: Therapist, now: Frozen) -> None:
    listed(full(ben))
    place_freed(ben)
    now.at = datetime.datetime(2026, 11, 23, 23, 30, tzinfo=LONDON)
    tick()
    assert last(topics.PLACE_OFFERED).not_before == datetime.datetime(2026, 11, 24, 8, tzinfo=LONDON)
