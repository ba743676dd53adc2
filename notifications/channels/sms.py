"""Text messages, through whatever provider an installation names in settings.SMS_BACKEND."""

import mailbox
import sys
from abc import ABC, abstractmethod
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.channels.base import NeverDelivered, Parcel, Receipt


class SmsBackend(ABC):
    """A provider."""

    @abstractmethod
    def send(self, *, to: str, text: str, reference: str, repeated: bool) -> None:
        """Send one text. Raises TryAgain or NeverDelivered.

        `reference` is the same at every attempt. When `repeated`, the provider may have the text already: one that
        can be asked is asked first.
        """


class SmsBackendWithReceipts(SmsBackend):
    """A provider that can be asked what became of a text."""

    @abstractmethod
    def receipt(self, *, reference: str) -> Receipt:
        """Return what is known of a text it took. Raises TryAgain."""


class NoProvider(SmsBackend):
    """The default: without a provider every text message fails visibly, and a person finds another way."""

    def send(self, *, to: str, text: str, reference: str, repeated: bool) -> None:
        raise NeverDelivered("no-sms-provider")


class SinkFolder(SmsBackend):
    """For local runs and tests: texts lie beside the e-mails in settings.MAIL_SINK_FOLDER."""

    def send(self, *, to: str, text: str, reference: str, repeated: bool) -> None:
        kept = EmailMessage()
        kept["From"] = "sms"
        kept["To"] = to
        kept["Subject"] = "SMS"
        kept["Message-ID"] = reference
        kept.set_content(text)
        mailbox.Maildir(Path(settings.MAIL_SINK_FOLDER)).add(kept)


class Console(SmsBackend):
    """For trying things out: texts are printed where the worker runs. Refused in production (rapport.E009)."""

    def send(self, *, to: str, text: str, reference: str, repeated: bool) -> None:
        sys.stdout.write(f"SMS to {to} ({reference}):\n{text}\n")
        sys.stdout.flush()


def available() -> bool:
    """Say whether texts can be sent at all, so that nobody chooses a channel that reaches nobody."""
    return import_string(settings.SMS_BACKEND) is not NoProvider


def send(parcel: Parcel) -> None:
    """Send a parcel's text; subject and footer stay away from phones. Raises TryAgain or NeverDelivered."""
    text = parcel.words.text.strip()
    _backend().send(to=parcel.address.to, text=text, reference=parcel.message_id, repeated=parcel.repeated)


def gives_receipts() -> bool:
    """Say whether the provider can be asked what became of a text."""
    return isinstance(_backend(), SmsBackendWithReceipts)


def receipt(reference: str) -> Receipt:
    """Return what the provider knows of a text; one that cannot be asked knows nothing. Raises TryAgain."""
    backend = _backend()
    return backend.receipt(reference=reference) if isinstance(backend, SmsBackendWithReceipts) else Receipt()


def _backend() -> SmsBackend:
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    return backend
