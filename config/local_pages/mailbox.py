"""What the mail sink of `make run` was sent."""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class SentMail:
    """A message as it arrived. `key` is its file name in the Maildir."""

    key: str
    to: str
    subject: str
    date: str
    text: str


def sent_mails(limit: int = 100) -> list[SentMail]:
    """Return the newest messages first."""
    folder = Path(settings.MAIL_SINK_FOLDER or "/nonexistent") / "new"
    files = list(folder.glob("*")) if folder.is_dir() else []
    newest = sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True)[:limit]
    return [_read(file) for file in newest]


def sent_mail(key: str) -> SentMail | None:
    """Return one message, or None when there is no such one."""
    return next((mail for mail in sent_mails(limit=10_000) if mail.key == key), None)


def _read(file: Path) -> SentMail:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the default policy makes EmailMessage")
    body = message.get_body(preferencelist=("plain", "html"))
    return SentMail(
        key=file.name,
        to=str(message["X-RcptTo"] or message["To"]),
        subject=str(message["Subject"]),
        date=str(message["Date"] or ""),
        text=str(body.get_content()) if body else "",
    )
