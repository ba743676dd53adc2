"""What therapists are told about their lists: by when and where, at most once a day, and nothing about anybody."""

import datetime

import pytest
from django.urls import resolve

from core import clock
from core.clock import Frozen
from notifications.models import Message
from notifications.topics import handler_of
from referrals import clocks
from referrals.messages import topics
from referrals.models import Referral, WaitingListEntry
from referrals.services.asks import ask_refuse
from referrals.services.withdrawal import withdraw
from referrals.tasks import tick
from tests.referrals.given import actor_of, client_of, delivered
from tests.referrals.waiting import agrees, entry_with, full, place_freed, waits
from therapists.models import Therapist

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(ben: Therapist) -> Therapist:
    return full(ben)


@pytest.fixture
def ask(ben: Therapist) -> WaitingListEntry:
    return entry_with(waits(ben), ben)


def text_of(topic: str) -> str:
    message = Message.objects.filter(topic=topic).latest("pk")
    found = handler_of(topic).render(message)
    return f"{found.subject}\n{found.text}"


def wanted(topic: str) -> bool:
    message = Message.objects.filter(topic=topic).latest("pk")
    return handler_of(topic).still_wanted(message)


def names(referral: Referral) -> tuple[str, ...]:
    client = referral.client
    return (client.given_name, client.family_name, client.email, referral.reference, "To sleep again", "Anxiety")


def silent_about(text: str, referral: Referral) -> bool:
    return not any(name in text for name in names(referral))


def test_an_ask_says_by_when_and_leads_to_its_page(ask: WaitingListEntry) -> None:
    text = text_of(topics.LIST_ASK)
    assert "Tuesday 24 November, 5pm" in text
    assert f"/caseload/list/{ask.pk}/" in text
    assert resolve(f"/caseload/list/{ask.pk}/").view_name == "caseload:list_entry"
    assert silent_about(text, ask.referral)


def test_a_reminder_at_half_time_and_none_after_her_answer(ben: Therapist, ask: WaitingListEntry, now: Frozen) -> None:
    assert ask.answer_due_at is not None
    now.at = ask.asked_at + (ask.answer_due_at - ask.asked_at) / 2
    tick()
    assert not Message.objects.filter(topic=topics.LIST_ASK_REMINDER).exists()
    now.move(datetime.timedelta(minutes=1))
    tick()
    tick()
    assert Message.objects.filter(topic=topics.LIST_ASK_REMINDER).count() == 1
    assert wanted(topics.LIST_ASK_REMINDER)
    assert silent_about(text_of(topics.LIST_ASK_REMINDER), ask.referral)
    ask_refuse(entry=ask, code="times", actor=actor_of(ben))
    assert not wanted(topics.LIST_ASK_REMINDER)
    assert not wanted(topics.LIST_ASK)


@pytest.mark.parametrize("reached", [True, False])
def test_taken_back_is_told_only_where_the_question_had_arrived(ask: WaitingListEntry, reached: bool) -> None:
    if reached:
        delivered(topic=topics.LIST_ASK)
    withdraw(referral=ask.referral, actor=client_of(ask.referral))
    gone = Message.objects.filter(topic=topics.LIST_ENTRY_GONE)
    assert (gone.exists() and wanted(topics.LIST_ENTRY_GONE)) is reached
    if reached:
        assert "You do not need to do anything" in text_of(topics.LIST_ENTRY_GONE)
        assert silent_about(text_of(topics.LIST_ENTRY_GONE), ask.referral)


def test_old_yeses_are_asked_about_in_one_message_a_day(ben: Therapist, now: Frozen) -> None:
    people = [agrees(waits(ben), ben) for _ in range(3)]
    now.move(clocks.YES_LASTS + datetime.timedelta(hours=1))
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=clock.now())
    place_freed(ben)
    tick()
    tick()
    again = WaitingListEntry.objects.filter(pk__in=[entry.pk for entry in people], state="asked")
    assert again.exists()
    assert Message.objects.filter(topic=topics.LIST_ASK_AGAIN).count() == 1
    text = text_of(topics.LIST_ASK_AGAIN)
    assert "/caseload/list/still-yes/" in text
    assert "Please answer by" in text
    assert all(silent_about(text, entry.referral) for entry in people)
    for entry in people:
        agrees_again = WaitingListEntry.objects.get(pk=entry.pk)
        if agrees_again.state == "asked":
            agrees(entry.referral, ben)
    assert not wanted(topics.LIST_ASK_AGAIN)
