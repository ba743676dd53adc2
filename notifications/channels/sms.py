"""Text messages, through whatever provider an installation names in settings.SMS_BACKEND."""

import mailbox
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.channels.base import NeverDelivered, Parcel


class SmsBackend(Protocol):
    """A provider. `reference` is the same at every attempt, so that a provider can recognise a repetition."""

    def send(self, *, to: str, text: str, reference: str) -> None:
        """Send one text. Raises TryAgain or NeverDelivered."""


class NoProvider:
    """The default: without a provider every text message fails visibly, and a person finds another way."""

    def send(self, *, to: str, text: str, reference: str) -> None:
        raise NeverDelivered("no-sms-provider")


class SinkFolder:
    """For local runs and tests: texts lie beside the e-mails in settings.MAIL_SINK_FOLDER."""

    def send(self, *, to: str, text: str, reference: str) -> None:
        kept = EmailMessage()
        kept["From"] = "sms"
        kept["To"] = to
        kept["Subject"] = "SMS"
        kept["Message-ID"] = reference
        kept.set_content(text)
        mailbox.Maildir(Path(settings.MAIL_SINK_FOLDER)).add(kept)


def available() -> bool:
    """Say whether texts can be sent at all, so that nobody chooses a channel that reaches nobody."""
    return import_string(settings.SMS_BACKEND) is not NoProvider


def send(parcel: Parcel) -> None:
    """Send a parcel's text; subject and footer stay away from phones. Raises TryAgain or NeverDelivered."""
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    backend.send(to=parcel.address.to, text=parcel.words.text.strip(), reference=parcel.message_id)
