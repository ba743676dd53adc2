"""A mail server by hand, that goes wrong at a chosen word of the conversation.

`tests.support.smtp_faults` is a real server whose answers can be changed; this one can also say nothing at any point,
hang up, or talk nonsense.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from devtools import ports

# The words of one delivery, in their order. GREETING is the server's own; BODY is the end of the message.
WORDS = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "QUIT")
FINE = {"GREETING": "220 mail.example", "DATA": "354 go on", "QUIT": "221 bye"}
HANG, DROP = "hang", "drop"
# How long a silent server stays silent; clients wait for less.
HANG_SECONDS = 30.0


class SmtpScript:
    """`faults` says what becomes of a word: HANG, DROP (the connection is closed) or the line to answer.

    `taken` are whole messages, also those whose sender was never told.
    """

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}
        self.taken: list[str] = []
        self.connections = 0
        self._over = threading.Event()
        self._listening = socket.create_server((ports.LOOPBACK, 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def message_ids(self) -> list[str]:
        """Return the Message-ID of every message taken."""
        return [
            line.partition(": ")[2]
            for mail in self.taken
            for line in mail.splitlines()
            if line.startswith("Message-ID: ")
        ]

    def close(self) -> None:
        """Let everybody go who is kept waiting, and stop listening."""
        self._over.set()
        self._listening.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as lines:
            goes_on = self._answer(connection, "GREETING")
            while goes_on and (line := lines.readline()):
                word = line.split()[0].decode("ascii", "replace").upper() if line.split() else ""
                goes_on = self._answer(connection, word) and word != "QUIT"
                if goes_on and word == "DATA" and "DATA" not in self.faults:
                    mail = b"".join(iter(lines.readline, b".\r\n"))
                    if self.faults.get("BODY", "250")[0] == "2" or self.faults["BODY"] in (HANG, DROP):
                        self.taken.append(mail.decode())
                    goes_on = self._answer(connection, "BODY")

    def _answer(self, connection: socket.socket, word: str) -> bool:
        fault = self.faults.get(word, "")
        if fault == HANG:
            self._over.wait(HANG_SECONDS)
        if fault in (HANG, DROP):
            return False
        connection.sendall(f"{fault or FINE.get(word, '250 fine')}\r\n".encode())
        return True


@contextmanager
def running() -> Iterator[SmtpScript]:
    """Run a server for the length of a block."""
    server = SmtpScript()
    try:
        yield server
    finally:
        server.close()
