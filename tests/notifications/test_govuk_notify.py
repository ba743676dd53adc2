"""Text messages through GOV.UK Notify, against a stand-in of its API on this machine."""

import datetime
import itertools
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings

from core import clock, worklist
from core.actors import Actor
from notifications import delivery, services, tasks
from notifications.channels import govuk_notify
from notifications.channels.base import Receipt
from notifications.models import Message
from notifications.topics import Address, Rendered
from tests.notifications.conftest import NOON, enqueue
from tests.support import notify_fake
from tests.support.stack import database_url

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
DEV = Actor("user", "1", "Dev", frozenset({"coordinator"}))
NUMBER = "+447700900123"
DELIVER = """
import django, sys
django.setup()
from django.conf import settings
settings.SMS_BACKEND = sys.argv[2]
from notifications import delivery, topics
from notifications.topics import Address
from tests.notifications.conftest import Letters
topics.register("news", Letters(Address("sms", sys.argv[3])))
delivery.message_deliver(message_id=int(sys.argv[1]))
"""


@pytest.fixture
def notify(settings):
    settings.SMS_BACKEND = notify_fake.BACKEND
    settings.NOTIFY_API_KEY, settings.NOTIFY_SMS_TEMPLATE_ID = notify_fake.API_KEY, notify_fake.TEMPLATE
    settings.NOTIFY_TIMEOUT = 1
    with notify_fake.running() as fake:
        settings.NOTIFY_BASE_URL = fake.address
        yield fake


@pytest.fixture(autouse=True)
def _by_text(letters, notify):
    letters.to = Address("sms", NUMBER)
    letters.words = Rendered("ignored", "  Rapport: there is news.  ")


def reread():
    return Message.objects.get()


def in_an_hour(now):
    now.move(60 * MINUTE)
    tasks.deliver_due()


class TestSending:
    def test_what_arrives(self, notify, now):
        message = enqueue()
        tasks.deliver_due()
        (text,) = notify.texts
        assert (text.to, text.words, text.reference) == (NUMBER, "Rapport: there is news.", message.message_id)
        assert (reread().state, reread().channel, reread().sent_at) == ("sent", "sms", NOON)
        assert not notify.asked, "a first attempt asks nothing"

    @pytest.mark.parametrize(
        ("fault", "error"),
        [(500, "notify-500"), (503, "notify-503"), (429, "notify-429"), (403, "notify-403"), (404, "notify-404")],
    )
    def test_what_may_pass_is_tried_again_and_sent_once(self, notify, now, fault, error):
        notify.answer_with = fault
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error, reread().not_before) == ("queued", error, NOON + MINUTE)
        notify.answer_with = None
        in_an_hour(now)
        assert reread().state == "sent" and len(notify.texts) == 1

    def test_a_number_it_refuses_is_for_a_person(self, notify, now, letters, caplog):
        letters.to = Address("sms", "0123")
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("failed", "notify-400")
        assert [task.kind for task in worklist.tasks_for(DEV)] == ["message_failed"]
        ours = [record.getMessage() for record in caplog.records if record.name.startswith("notifications.")]
        assert ours and "0123" not in " ".join(ours)

    def test_a_text_too_long_is_for_a_person(self, notify, now, letters):
        letters.words = Rendered("", "x" * 919)
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("failed", "notify-400")

    def test_slow_is_fine(self, notify, now):
        notify.wait_after = 0.5
        enqueue()
        tasks.deliver_due()
        assert reread().state == "sent"

    @pytest.mark.parametrize("taken", [True, False])
    def test_one_that_hangs_is_left_and_asked_before_sending_again(self, notify, now, taken):
        notify.wait_before, notify.wait_after = (0, 2) if taken else (2, 0)
        message = enqueue()
        started = time.monotonic()
        tasks.deliver_due()
        assert time.monotonic() - started < 5
        assert (reread().state, reread().last_error) == ("queued", "notify-unreachable")
        notify.wait_before = notify.wait_after = 0
        if not taken:
            # It gave up taking it: nobody was there any more.
            time.sleep(2.5)
            notify.texts.clear()
        in_an_hour(now)
        assert reread().state == "sent"
        assert notify.asked == [message.message_id]
        assert len(notify.texts) == 1

    def test_one_that_is_not_there_holds_up_no_email(self, notify, now, settings, letters, monkeypatch, postman):
        settings.NOTIFY_BASE_URL = "http://127.0.0.1:1"
        emails = type(letters)()
        monkeypatch.setitem(delivery.topics._handlers, "mail", emails)
        enqueue(channel="sms")
        enqueue(channel="sms", dedupe_key="news:2")
        enqueue(topic="mail", dedupe_key="mail:1")
        tasks.deliver_due()
        assert len(postman.taken) == 1
        texts = Message.objects.filter(channel="sms").order_by("pk")
        assert [(text.state, text.attempts) for text in texts] == [("queued", 1), ("queued", 0)]

    def test_an_answer_that_cannot_be_read_is_asked_about(self, notify, now):
        notify.garbage = True
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("queued", "notify-unreadable")
        notify.garbage = False
        in_an_hour(now)
        assert reread().state == "sent" and len(notify.texts) == 1

    @pytest.mark.parametrize(
        "key", [notify_fake.API_KEY[:-1] + "1", f"fake-{notify_fake.TEMPLATE}-{notify_fake.SECRET}"]
    )
    def test_a_wrong_key_sends_nothing_and_stands_in_no_log(self, notify, now, settings, key, caplog):
        caplog.set_level("DEBUG")
        settings.NOTIFY_API_KEY = key
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("queued", "notify-403") and not notify.texts
        assert key[-36:] not in caplog.text and "Bearer" not in caplog.text

    def test_a_clock_that_is_wrong_by_a_minute_is_refused(self, notify, now):
        notify.now = lambda: time.time() + 60
        enqueue()
        tasks.deliver_due()
        assert reread().last_error == "notify-403"


@pytest.mark.django_db(transaction=True)
class TestKilled:
    @pytest.fixture(autouse=True)
    def _travelling(self, settings, tmp_path):
        settings.CLOCK_OFFSET_FILE = str(tmp_path / "offset")

    def kill_when_taken(self, notify, message):
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(),
            "CLOCK_OFFSET_FILE": django_settings.CLOCK_OFFSET_FILE,
            "NOTIFY_API_KEY": notify_fake.API_KEY,
            "NOTIFY_SMS_TEMPLATE_ID": notify_fake.TEMPLATE,
            "NOTIFY_BASE_URL": notify.address,
        }
        command = [sys.executable, "-c", DELIVER, str(message.pk), notify_fake.BACKEND, NUMBER]
        worker = subprocess.Popen(command, env=environment)
        notify.on_taken = lambda: os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(30) == -signal.SIGKILL
        notify.on_taken = lambda: None
        assert reread().state == "sending" and len(notify.texts) == 1
        clock.travel(datetime.timedelta(seconds=django_settings.MESSAGE_STUCK_SECONDS + 1))

    def test_between_sending_and_record_the_provider_is_asked_and_nothing_is_sent_twice(self, notify):
        message = enqueue()
        self.kill_when_taken(notify, message)
        tasks.deliver_due()
        assert reread().state == "sent"
        assert notify.asked == [message.message_id] and len(notify.texts) == 1

    def test_negative_control_without_asking_it_is_sent_twice(self, notify, monkeypatch):
        message = enqueue()
        self.kill_when_taken(notify, message)
        monkeypatch.setattr(govuk_notify, "_statuses", lambda client, reference: [])
        tasks.deliver_due()
        assert len(notify.texts) == 2


class TestReceipts:
    @pytest.fixture(autouse=True)
    def _sent(self, now):
        enqueue()
        tasks.deliver_due()

    def ask(self, now, minutes=5):
        now.move(minutes * MINUTE)
        tasks.ask_receipts()

    @pytest.mark.parametrize("status", ["permanent-failure", "temporary-failure", "technical-failure"])
    def test_what_never_arrives_bounces(self, notify, now, status):
        notify.settle(status)
        self.ask(now)
        row = reread()
        assert (row.state, row.last_error, row.bounced_at) == ("bounced", f"notify-{status}", NOON + 5 * MINUTE)
        assert [task.kind for task in worklist.tasks_for(DEV)] == ["message_bounced"]

    @pytest.mark.parametrize("status", ["delivered", "sent"])
    def test_what_arrived_is_asked_about_no_more(self, notify, now, status):
        notify.settle(status)
        self.ask(now)
        self.ask(now, 600)
        assert (reread().state, reread().receipt_due, len(notify.asked)) == ("sent", None, 1)

    def test_it_is_not_asked_too_early_and_then_ever_more_rarely_for_four_days(self, notify, now):
        self.ask(now, 4)
        assert not notify.asked
        asked_at = []
        for _ in range(5 * 24 * 12):
            before = len(notify.asked)
            self.ask(now)
            if len(notify.asked) > before:
                asked_at.append((now.at - NOON) / MINUTE)
        gaps = [later - earlier for earlier, later in itertools.pairwise(asked_at)]
        assert gaps == sorted(gaps) and 15 <= len(asked_at) <= 30
        assert 4 * 1440 <= asked_at[-1] <= 5 * 1440 and reread().receipt_due is None
        assert reread().state == "sent"

    @pytest.mark.parametrize("fault", [500, 429, 403])
    def test_a_provider_in_trouble_is_asked_again_later(self, notify, now, fault):
        notify.answer_with = fault
        self.ask(now)
        assert reread().state == "sent" and reread().receipt_due > now.at
        notify.answer_with = None
        notify.settle("permanent-failure")
        self.ask(now, 30)
        assert reread().state == "bounced"

    def test_sent_again_to_a_corrected_number_it_counts_by_its_last_life(self, notify, now, letters):
        notify.settle("permanent-failure")
        self.ask(now)
        letters.to = Address("sms", "+447700900124")
        services.message_retry(message=reread(), actor=DEV)
        tasks.deliver_due()
        assert [text.to for text in notify.texts] == [NUMBER, "+447700900124"]
        self.ask(now)
        assert reread().state == "sent"
        notify.settle("delivered")
        self.ask(now, 30)
        assert (reread().state, reread().receipt_due) == ("sent", None)

    def test_a_reference_it_has_forgotten_says_nothing(self, notify):
        notify.texts.clear()
        assert govuk_notify.GovUkNotify().receipt(reference="<x@y>") == Receipt()
