"""A stand-in for GOV.UK Notify on this machine: a real HTTP server that checks tokens and misbehaves on request.

It knows texts, one template whose only placeholder is ((message)), and one service; answers have the shape of the
public API's (docs.notifications.service.gov.uk).
"""

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from devtools import ports

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
API_KEY = f"fake-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
LONGEST = 918
TOKEN_SECONDS = 30
BACKEND = "notifications.channels.govuk_notify.GovUkNotify"


@dataclass
class Text:
    """One text that was taken."""

    reference: str
    to: str
    words: str
    status: str = "created"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, error: str, words: str) -> None:
        super().__init__(words)
        self.status, self.error, self.words = status, error, words


class NotifyFake:
    """`texts` is what was taken, oldest first. Faults, for sending and asking alike until taken back:

    `answer_with`: answer this status and take nothing. `garbage`: answer something that is not JSON.
    `wait_before`: seconds until a text is taken, `wait_after`: seconds until that is said.
    """

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.asked: list[str] = []
        self.answer_with: int | None = None
        self.garbage = False
        self.wait_before = self.wait_after = 0.0
        self.on_taken: Callable[[], object] = lambda: None
        self.now: Callable[[], float] = time.time
        self.address = ""

    def settle(self, status: str) -> None:
        """All texts on their way end like this."""
        for text in self.texts:
            if text.status in ("created", "sending", "pending"):
                text.status = status

    # The API

    def respond(self, method: str, path: str, query: dict[str, list[str]], token: str, body: bytes) -> Any:
        if self.answer_with:
            raise Refused(self.answer_with, "Fault", "asked for by the test")
        self._judge(token)
        if (method, path) == ("POST", "/v2/notifications/sms"):
            return self._take(json.loads(body))
        if (method, path) == ("GET", "/v2/notifications"):
            return self._find(query)
        raise Refused(404, "NoResultFound", "No result found")

    def _judge(self, token: str) -> None:
        try:
            claims = jwt.decode(
                token, SECRET, algorithms=["HS256"], options={"require": ["iss", "iat"], "verify_iat": False}
            )
        except jwt.InvalidTokenError as error:
            raise Refused(403, "AuthError", "Invalid token: signature, api token not found") from error
        if claims["iss"] != SERVICE:
            raise Refused(403, "AuthError", "Invalid token: service not found")
        if abs(self.now() - claims["iat"]) > TOKEN_SECONDS:
            raise Refused(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")

    def _take(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("template_id") != TEMPLATE:
            raise Refused(400, "BadRequestError", "Template not found")
        words = asked.get("personalisation", {}).get("message")
        if not words:
            raise Refused(400, "BadRequestError", "Missing personalisation: message")
        if len(words) > LONGEST:
            raise Refused(400, "ValidationError", "Text messages cannot be longer than 918 characters")
        if not re.fullmatch(r"\+?[0-9 ]{10,15}", asked.get("phone_number", "")):
            raise Refused(400, "ValidationError", f"phone_number {asked.get('phone_number')} is not a number")
        time.sleep(self.wait_before)
        text = Text(asked.get("reference", ""), asked["phone_number"], words)
        self.texts.append(text)
        self.on_taken()
        time.sleep(self.wait_after)
        return {
            "id": text.id,
            "reference": text.reference,
            "content": {"body": words, "from_number": "RAPPORT"},
            "uri": f"{self.address}/v2/notifications/{text.id}",
            "template": {"id": TEMPLATE, "version": 1, "uri": f"{self.address}/v2/template/{TEMPLATE}"},
        }

    def _find(self, query: dict[str, list[str]]) -> dict[str, Any]:
        reference = query.get("reference", [""])[0]
        self.asked.append(reference)
        found = [text for text in reversed(self.texts) if text.reference == reference]
        listed = [
            {"id": one.id, "reference": one.reference, "phone_number": one.to, "type": "sms", "status": one.status}
            for one in found
        ]
        return {"notifications": listed, "links": {"current": f"{self.address}/v2/notifications"}}


def _handler(fake: NotifyFake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", 200)

        def do_POST(self) -> None:
            self._answer("POST", 201)

        def _answer(self, method: str, fine: int) -> None:
            at = urlsplit(self.path)
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, said = fine, fake.respond(method, at.path, parse_qs(at.query), token, body)
            except Refused as refused:
                error = {"error": refused.error, "message": refused.words}
                status, said = refused.status, {"status_code": refused.status, "errors": [error]}
            payload = b"<html>who are you?</html>" if fake.garbage else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *values: object) -> None:
            """Say nothing."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that hung up, or was killed, is what some tests are about.
    handle_error = lambda self, request, client_address: None  # noqa: E731


@contextmanager
def running() -> Iterator[NotifyFake]:
    """Run the stand-in for the length of a block."""
    fake = NotifyFake()
    server = _Server((ports.LOOPBACK, 0), _handler(fake))
    fake.address = f"http://{ports.LOOPBACK}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
