"""The real delivery against a mail server that goes wrong at every word of the conversation.

Whatever happens: no message is lost, and however often it goes out, it goes out under one Message-ID.
"""

import datetime
import time

import pytest

from core import worklist
from core.actors import Actor
from devtools import ports
from notifications import services, tasks
from notifications.models import Message
from tests.notifications.conftest import NOON, enqueue
from tests.support import smtp_script
from tests.support.smtp_faults import Mode, SmtpFaults
from tests.support.smtp_script import DROP, HANG, WORDS

pytestmark = pytest.mark.django_db
PATIENCE_SECONDS = 1
MINUTE = datetime.timedelta(minutes=1)
DEV = Actor("user", "1", "Dev", frozenset({"coordinator"}))
# Said when all is done: the server has the message, and trouble then is none of ours.
AFTER_THE_END = "QUIT"


@pytest.fixture(autouse=True)
def _over_smtp(settings, letters, now):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = ports.LOOPBACK, PATIENCE_SECONDS


@pytest.fixture
def server(settings):
    with smtp_script.running() as script:
        settings.EMAIL_PORT = script.port
        yield script


def reread():
    return Message.objects.get()


def attempt():
    """One round of the worker. Returns the row afterwards, and fails when it took longer than a worker may wait."""
    started = time.monotonic()
    tasks.deliver_due()
    assert time.monotonic() - started < 4 * PATIENCE_SECONDS
    return reread()


def heal_and_send(server, now):
    server.faults.clear()
    now.move(reread().not_before - now.at)
    assert attempt().state == "sent"


@pytest.mark.parametrize("fault", [HANG, DROP])
@pytest.mark.parametrize("word", [word for word in WORDS if word != AFTER_THE_END])
def test_silence_or_hanging_up_at_any_word(server, now, word, fault):
    message = enqueue()
    server.faults[word] = fault
    row = attempt()
    assert (row.state, row.not_before) == ("queued", NOON + MINUTE)
    assert row.last_error.startswith("smtp-")
    heal_and_send(server, now)
    # Once when it hung up before it had the message; twice when it had it and did not say so.
    assert len(server.taken) == (2 if word == "BODY" else 1)
    assert set(server.message_ids()) == {message.message_id}


@pytest.mark.parametrize("fault", [HANG, DROP, "500 what", "421 going down"])
def test_trouble_while_saying_goodbye_repeats_nothing(server, now, fault):
    enqueue()
    server.faults["QUIT"] = fault
    assert attempt().state == "sent"
    now.move(60 * MINUTE)
    attempt()
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("GREETING", "421 too busy"),
        ("GREETING", "554 go away"),
        ("MAIL", "451 later"),
        ("MAIL", "552 mailbox of the sender"),
        ("RCPT", "450 greylisted"),
        ("RCPT", "421 closing"),
        ("DATA", "451 not now"),
        ("BODY", "452 full"),
        ("BODY", "nonsense"),
        ("RCPT", "4"),
    ],
)
def test_a_no_for_now_at_any_word(server, now, word, answer):
    """A no to the greeting or the sender is about ourselves: a person who is told to correct an address cannot help."""
    message = enqueue()
    server.faults[word] = answer
    assert attempt().state == "queued"
    heal_and_send(server, now)
    assert server.message_ids() == [message.message_id]


@pytest.mark.parametrize(
    ("word", "answer"),
    [("RCPT", "550 nobody"), ("RCPT", "553 no such domain"), ("DATA", "554 no"), ("BODY", "552 big")],
)
def test_a_no_for_good_is_for_a_person_who_can_send_it_again(server, now, word, answer):
    message = enqueue()
    server.faults[word] = answer
    row = attempt()
    assert (row.state, row.last_error) == ("failed", f"smtp-{answer[:3]}")
    assert [task.kind for task in worklist.tasks_for(DEV)] == ["message_failed"]
    services.message_retry(message=row, actor=DEV)
    heal_and_send(server, now)
    assert server.message_ids() == [message.message_id]


def test_nobody_listening_and_then_somebody(server, now, settings):
    settings.EMAIL_PORT = 1
    message = enqueue()
    assert (attempt().state, reread().last_error) == ("queued", "smtp-ConnectionRefusedError")
    settings.EMAIL_PORT = server.port
    heal_and_send(server, now)
    assert server.message_ids() == [message.message_id]


def test_a_server_that_is_down_for_a_night_loses_nothing(server, now):
    message = enqueue()
    server.faults["GREETING"] = DROP
    while now.at < NOON + 12 * 60 * MINUTE:
        assert attempt().state == "queued"
        now.move(max(MINUTE, reread().not_before - now.at))
    heal_and_send(server, now)
    assert server.message_ids() == [message.message_id]


def test_a_server_that_hangs_holds_a_round_up_once_not_once_per_message(server, now):
    for number in range(5):
        enqueue(dedupe_key=f"news:{number}")
    server.faults["GREETING"] = HANG
    started = time.monotonic()
    tasks.deliver_due()
    assert time.monotonic() - started < 3 * PATIENCE_SECONDS
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (Mode.TAKEN_UNSAID, "queued"),
        (Mode.DROPS, "queued"),
        (Mode.RECIPIENT_LATER, "queued"),
        (Mode.DATA_LATER, "queued"),
        (Mode.RECIPIENT_NEVER, "failed"),
        (Mode.DATA_NEVER, "failed"),
    ],
)
def test_a_real_server_in_trouble(settings, now, tmp_path, mode, state):
    faults = SmtpFaults(tmp_path / "mail")
    settings.EMAIL_PORT = faults.port
    faults.listen()
    try:
        message = enqueue()
        faults.misbehave(mode)
        assert attempt().state == state
        faults.misbehave(Mode.WORKS)
        if state == "failed":
            services.message_retry(message=reread(), actor=DEV)
        now.move(60 * MINUTE)
        assert attempt().state == "sent"
    finally:
        faults.refuse()
    kept = [file.read_text() for file in (tmp_path / "mail" / "new").iterdir()]
    assert len(kept) == (2 if mode is Mode.TAKEN_UNSAID else 1)
    assert all(f"Message-ID: {message.message_id}" in mail for mail in kept)
