"""A topic of the tests' own, a mail server that misbehaves on request, and a clock that stands still."""

import asyncio
import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.controller import Controller

from core import clock
from devtools import ports
from notifications import topics, wakeup
from notifications.models import Message
from notifications.services import message_enqueue
from notifications.topics import Address, Rendered

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@dataclass
class Letters:
    """The tests' handler: what it answers can be changed from the test."""

    to: Address | None = field(default_factory=lambda: Address("email", "ewa@example.org"))
    wanted: bool = True
    words: Rendered = field(default_factory=lambda: Rendered("News", "There is news: https://example.org/x"))
    asked: list[str] = field(default_factory=list)

    def address(self, message: Message) -> Address | None:
        return self.to

    def still_wanted(self, message: Message) -> bool:
        self.asked.append("still_wanted")
        return self.wanted

    def render(self, message: Message) -> Rendered:
        if isinstance(self.words, Exception):
            raise self.words
        return self.words


class Postman:
    """An SMTP server. `answers` are given to the DATA command in turn, the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[str] = ["250 taken"]
        self.recipient_answer = "250 fine"
        self.hang_seconds = 0.0
        self.taken: list[bytes] = []
        self.senders: list[str] = []
        self.on_taken = lambda: None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.hang_seconds:
            await asyncio.sleep(self.hang_seconds)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("250"):
            self.taken.append(envelope.content)
            self.senders.append(envelope.mail_from)
            self.on_taken()
        return answer

    @property
    def message_ids(self) -> list[str]:
        return [line for raw in self.taken for line in raw.decode().splitlines() if line.startswith("Message-ID:")]


@pytest.fixture
def postman(settings) -> Iterator[Postman]:
    postman = Postman()
    controller = Controller(postman, hostname=ports.LOOPBACK, port=ports.free())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = ports.LOOPBACK, controller.port
    settings.EMAIL_TIMEOUT = 2
    yield postman
    controller.stop()


@pytest.fixture
def letters(monkeypatch) -> Letters:
    handler = Letters()
    monkeypatch.setattr(topics, "_handlers", {**topics._handlers, "news": handler})
    # Woken workers would find no such topic: what is sent is sent by the test itself.
    monkeypatch.setattr(wakeup, "_silent_until", time.monotonic() + 3600)
    return handler


@pytest.fixture
def now() -> Iterator[clock.Frozen]:
    with clock.frozen(NOON) as frozen:
        yield frozen


def enqueue(**fields) -> Message:
    values = {"topic": "news", "subject_type": "referral", "subject_id": 1, "recipient_type": "client"}
    return message_enqueue(**{**values, "recipient_id": 1, "dedupe_key": "news:1", **fields})
