"""Reading what the SMTP sink was sent."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

ADDRESS = re.compile(r"https?://[^\s<>\"]+")
# In its own words: most messages end with help lines, and 116 123 is six digits too.
CODE = re.compile(r"\bcode is (\d{3}) ?(\d{3})\b")


@dataclass(frozen=True)
class Mail:
    """One message as it arrived over SMTP. `to` is the envelope's recipients, lower case."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    message_id: str
    headers: dict[str, str]

    @property
    def links(self) -> list[str]:
        return ADDRESS.findall(self.text)

    @property
    def has_code(self) -> bool:
        return CODE.search(self.text) is not None

    @property
    def code(self) -> str:
        """The six digits of a one-time code in the text."""
        found = CODE.search(self.text)
        assert found, f"no code in: {self.text}"
        return "".join(found.groups())


def read(folder: Path) -> list[Mail]:
    """Return every message in a Maildir, in order of arrival."""
    files = [file for file in (folder / "new").glob("*") if file.is_file()] if folder.exists() else []
    return [_parse(file) for file in sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name))]


def _parse(file: Path) -> Mail:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    recipients = message.get("X-RcptTo", "")
    return Mail(
        to=tuple(part.strip().lower() for part in recipients.split(",")),
        subject=str(message["Subject"]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        message_id=str(message["Message-ID"]),
        headers={name: str(value) for name, value in message.items()},
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
