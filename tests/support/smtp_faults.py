"""A mail server that misbehaves when told to, and keeps what it took in a Maildir (`tests.support.mail` reads it).

It runs in a thread of the test, so that the test sees what it is doing: `mode` may be changed at any time.
"""

import asyncio
import threading
from enum import StrEnum
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, Envelope, Session

from devtools import ports

HANG_SECONDS = 60.0


class Mode(StrEnum):
    """What becomes of the next message.

    `taken_unsaid`: it is kept, and the 250 never comes: to the sender it looks like `hangs`, to the recipient like
    `works`. `recipient_*` answers RCPT, `data_*` answers the message itself.
    """

    WORKS = "works"
    HANGS = "hangs"
    TAKEN_UNSAID = "taken_unsaid"
    DROPS = "drops"
    RECIPIENT_LATER = "recipient_later"
    RECIPIENT_NEVER = "recipient_never"
    DATA_LATER = "data_later"
    DATA_NEVER = "data_never"


ANSWERS = {
    Mode.RECIPIENT_LATER: "450 4.2.1 Try later",
    Mode.RECIPIENT_NEVER: "550 5.1.1 Nobody here",
    Mode.DATA_LATER: "451 4.3.0 Try later",
    Mode.DATA_NEVER: "554 5.6.0 Not this",
}


class _Handler(Mailbox):
    def __init__(self, faults: "SmtpFaults") -> None:
        super().__init__(str(faults.folder))
        self.faults = faults

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        mode = self.faults.mode
        if mode in (Mode.RECIPIENT_LATER, Mode.RECIPIENT_NEVER):
            self.faults.note()
            return ANSWERS[mode]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mode = self.faults.mode
        if mode in (Mode.WORKS, Mode.TAKEN_UNSAID):
            await super().handle_DATA(server, session, envelope)
        self.faults.note()
        if mode in (Mode.HANGS, Mode.TAKEN_UNSAID):
            await asyncio.sleep(HANG_SECONDS)
        if mode is Mode.DROPS:
            server.transport.abort()
        return ANSWERS.get(mode, "250 OK")


class SmtpFaults:
    """`refuse` stops listening, `listen` begins again on the same port; `seen` counts messages that met a server."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder, self.port = folder, port or ports.free()
        self.mode = Mode.WORKS
        self.seen = 0
        self._something_came = threading.Event()
        self._controller: Controller | None = None

    def listen(self) -> None:
        """Begin to take connections, and work."""
        self.mode = Mode.WORKS
        if self._controller is None:
            self._controller = Controller(_Handler(self), hostname=ports.LOOPBACK, port=self.port)
            self._controller.start()

    def refuse(self) -> None:
        """Stop listening: whoever connects is refused."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    def misbehave(self, mode: Mode) -> None:
        """From now on do this; `wait_seen` waits for the next message to meet it."""
        self._something_came.clear()
        self.mode = mode

    def wait_seen(self, seconds: float) -> bool:
        """Wait until a message has met the present mode. Returns False when none came."""
        return self._something_came.wait(seconds)

    def note(self) -> None:
        self.seen += 1
        self._something_came.set()
