"""A call is promised only to somebody who has a number; whoever has none is asked for one, or written to."""

import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import DutyShift
from core import clock
from core.models import AuditEntry, Task
from notifications.models import Message
from notifications.topics import handler_of
from referrals.messages import topics
from referrals.models import Referral
from tests.factories import make_therapist
from tests.referrals.views.walkers import answers_of, question, ready_to_send, with_answers
from tests.support.sign_in import signed_in

pytestmark = pytest.mark.django_db

MINE, ASK, NUMBER = "/mine/", "/mine/call/", "/mine/number/"
CALLED, WRITTEN_TO = "Someone will call you by", "Someone will write to you by"


@pytest.fixture
def therapist(db):
    call_command("load_reference", only=["bank holidays"], verbosity=0)
    return make_therapist(display_name="Ben Okafor")


def send(client, *therapists, **answers) -> Referral:
    submission = ready_to_send(client, *therapists, **answers)
    client.post(reverse("referrals:send"))
    return Referral.objects.get(submission=submission)


def message() -> str:
    return handler_of(topics.CALL_COMING).render(Message.objects.get(topic=topics.CALL_COMING)).text


def test_with_a_number_call_me_back_prints_by_when(client, therapist):
    send(client, therapist, phone="+447700900123")
    assert client.post(ASK).url == MINE
    assert CALLED in client.get(MINE).content.decode() and CALLED in message()
    assert Task.objects.filter(kind="call_client").exists()


def test_without_a_number_call_me_back_asks_for_one_first(client, therapist):
    referral = send(client, therapist)
    assert client.post(ASK).url == NUMBER
    assert "Which number may we call?" in client.get(NUMBER).content.decode()
    assert not Task.objects.filter(kind="call_client").exists()
    wrong = client.post(NUMBER, {"phone": "0770", "voicemail": ["ok"]}).content.decode()
    assert "Check the phone number" in wrong and 'value="0770"' in wrong
    assert client.post(NUMBER, {"phone": "07700 900 123", "voicemail": ["ok"]}).url == MINE
    referral.client.refresh_from_db()
    assert (referral.client.phone, referral.client.voicemail_ok) == ("+447700900123", True)
    assert AuditEntry.objects.filter(verb="client_phone_add", object_id=referral.client_id).exists()
    assert CALLED in client.get(MINE).content.decode() and CALLED in message()
    assert client.get(NUMBER).url == MINE, "a number on file is not replaced here"


def test_whoever_has_no_safe_number_is_written_to_and_the_desk_knows(client, therapist, dev):
    referral = send(client, therapist)
    assert client.post(NUMBER, {"write": "1"}).url == MINE
    page = client.get(MINE).content.decode()
    assert WRITTEN_TO in page and "and ask how to call you" in page and CALLED not in page
    assert WRITTEN_TO in message() and CALLED not in message()
    task = reverse("referrals:desk_task", args=[Task.objects.get(kind="call_client").pk])
    assert "No number is known: write first." in signed_in(dev).get(task).content.decode()
    referral.client.phone = "+447700900123"
    referral.client.save()
    assert "No number is known" not in signed_in(dev).get(task).content.decode()


def test_after_the_end_no_number_is_asked_for(client, therapist):
    send(client, therapist)
    client.post(reverse("referrals:stop"))
    assert client.get(NUMBER).url == MINE and client.post(NUMBER, {"phone": "07700 900 123"}).url == MINE
    assert not Task.objects.filter(kind="call_client").exists()


@pytest.mark.parametrize(("phone", "words"), [("", WRITTEN_TO), ("+447700900123", "A trained person will call by")])
def test_the_help_page_promises_a_call_only_with_a_number(client, sam, phone, words):
    call_command("load_reference", only=["safety questions"], verbosity=0)
    hour = datetime.timedelta(hours=1)
    DutyShift.objects.create(user=sam, starts_at=clock.now() - hour, ends_at=clock.now() + 8 * hour)
    ready_to_send(client, phone=phone)
    answered = client.post(reverse("referrals:safety_question", args=["keep-safe"]), {"answer": "no"})
    page = client.get(answered.url).content.decode()
    assert [said for said in (WRITTEN_TO, "A trained person will call by") if said in page] == [words]


def test_with_e_mail_a_number_for_calls_may_be_added(client):
    submission = ready_to_send(client)
    assert "A number we may call, if you want" in client.get(question("safe")).content.decode()
    client.post(question("safe"), {"phone": "07700 900 123"})
    found = answers_of(submission)
    assert (found.phone, found.email) == ("+447700900123", "ewa@example.org")
    assert "You may call +447700900123" in client.get(reverse("referrals:check")).content.decode()
    client.post(question("safe"), {"phone": ""})
    assert answers_of(submission).phone == ""


def test_with_text_messages_the_proved_number_is_not_changed_on_the_way(client):
    submission = with_answers(client, channel="sms", phone="+447700900123")
    submission.channel_proved_at = clock.now()
    submission.save()
    assert "A number we may call" not in client.get(question("safe")).content.decode()
    client.post(question("safe"), {"phone": "07700 900 999"})
    assert answers_of(submission).phone == "+447700900123"
