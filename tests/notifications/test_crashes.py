"""Real processes, killed at the worst moment; a broker that is down, hangs, or was never there."""

import datetime
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.db import connections, transaction

from config import celery_app
from core import clock
from notifications import delivery, tasks, wakeup
from notifications.models import Message
from tests.notifications.conftest import enqueue

pytestmark = pytest.mark.django_db(transaction=True)
DELIVER = """
import django, sys
django.setup()
from notifications import delivery, topics
from tests.notifications.conftest import Letters
topics.register("news", Letters())
delivery.message_deliver(message_id=int(sys.argv[1]))
"""


def worker_process(message_id: int) -> subprocess.Popen[bytes]:
    """A process of its own that delivers one message on this test's database."""
    database = connections["default"].settings_dict
    at = f"?host={database['HOST']}" if database["HOST"].startswith("/") else ""
    host = "" if at else f"{database['HOST']}:{database['PORT']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": f"postgresql://{database['USER']}:{database['PASSWORD']}@{host}/{database['NAME']}{at}",
        "EMAIL_HOST": django_settings.EMAIL_HOST,
        "EMAIL_PORT": str(django_settings.EMAIL_PORT),
        "CLOCK_OFFSET_FILE": django_settings.CLOCK_OFFSET_FILE,
    }
    return subprocess.Popen([sys.executable, "-c", DELIVER, str(message_id)], env=environment)


@pytest.fixture
def travelling(settings, tmp_path):
    """The clock that test and worker process share."""
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "offset")


def kill_when_taken(postman, message_id):
    """Run a worker that dies when the server has the whole message but has not said so yet."""
    worker = worker_process(message_id)
    postman.on_taken = lambda: os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(30) == -signal.SIGKILL
    postman.on_taken = lambda: None
    assert Message.objects.get().state == "sending"


def sweep(settings):
    clock.travel(datetime.timedelta(seconds=settings.MESSAGE_STUCK_SECONDS + 1))
    assert delivery.stuck_requeue(now=clock.now()) == 1


@pytest.mark.parametrize("kills", [1, 2])
def test_killed_before_recording_the_recipient_still_has_one_message(postman, letters, settings, travelling, kills):
    message = enqueue()
    for _ in range(kills):
        kill_when_taken(postman, message.pk)
        sweep(settings)
    tasks.deliver_due()
    assert Message.objects.get().state == "sent"
    assert len(postman.taken) == kills + 1
    assert set(postman.message_ids) == {f"Message-ID: {message.message_id}"}


def test_killed_before_the_server_took_it_the_message_goes_out_once(postman, letters, settings, travelling):
    message = enqueue()
    postman.hang_seconds = 3
    worker = worker_process(message.pk)
    while Message.objects.get().state != "sending":
        time.sleep(0.05)
    worker.kill()
    worker.wait(30)
    postman.hang_seconds = 0
    sweep(settings)
    tasks.deliver_due()
    assert set(postman.message_ids) == {f"Message-ID: {message.message_id}"}
    assert Message.objects.get().state == "sent"


class TestBrokerTrouble:
    """Whoever enqueues is answering a frightened person: at most about a second, and never an error."""

    @pytest.fixture(autouse=True)
    def _awake(self, letters, postman, monkeypatch):
        monkeypatch.setattr(wakeup, "_silent_until", 0.0)

    def broker(self, monkeypatch, url):
        monkeypatch.setattr(celery_app.conf, "broker_url", url)

    def timed_enqueue(self, **fields):
        started = time.monotonic()
        with transaction.atomic():
            enqueue(**fields)
        return time.monotonic() - started

    def test_a_broker_that_is_down_costs_nothing_and_the_tick_delivers(self, monkeypatch, postman):
        self.broker(monkeypatch, "redis+socket:///nowhere/redis.sock")
        assert self.timed_enqueue() < 1
        assert Message.objects.get().state == "queued"
        tasks.deliver_due()
        assert len(postman.taken) == 1

    def test_a_broker_that_hangs_costs_less_than_a_second_and_only_once(self, monkeypatch):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen(8)
            self.broker(monkeypatch, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
            assert self.timed_enqueue() < 1
            assert sum(self.timed_enqueue(dedupe_key=f"news:{n}") for n in range(2, 8)) < 0.5
        assert Message.objects.count() == 7

    def test_a_wake_up_carries_an_id_and_nothing_else(self, monkeypatch):
        published = []
        monkeypatch.setattr(tasks.deliver_one, "apply_async", lambda args, **kw: published.append(args))
        enqueue()
        assert published == [(Message.objects.get().pk,)]

    def test_a_message_for_later_wakes_nobody(self, monkeypatch):
        published = []
        monkeypatch.setattr(tasks.deliver_one, "apply_async", lambda args, **kw: published.append(args))
        enqueue(not_before=clock.now() + datetime.timedelta(hours=1))
        assert not published
