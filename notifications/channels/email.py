"""E-mail over SMTP."""

import contextlib
import smtplib
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import translation
from django.utils.html import format_html, linebreaks, urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from notifications.channels.base import NeverDelivered, Parcel, TryAgain


def send(parcel: Parcel) -> None:
    """Hand one message to the SMTP server. Raises TryAgain or NeverDelivered."""
    with _problems_named():
        connection = get_connection()
        try:
            with translation.override(parcel.address.language):
                message = message_of(parcel, connection)
            connection.open()
            connection.send_messages([message])
        finally:
            # The server has the message: trouble while saying goodbye must not send it twice.
            with contextlib.suppress(Exception):
                connection.close()


def message_of(parcel: Parcel, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """Return the e-mail: neutral sender and subject, text and HTML with the same words."""
    sender, bounces = settings.DEFAULT_FROM_EMAIL, settings.BOUNCE_ADDRESS
    if parcel.address.discreet:
        sender, bounces = settings.DISCREET_FROM_EMAIL, settings.DISCREET_BOUNCE_ADDRESS
    text = f"{parcel.words.text.strip()}\n\n-- \n{footer(parcel)}\n"
    email = EmailMultiAlternatives(
        subject=parcel.words.subject,
        body=text,
        # The envelope's sender, where bounces go; what people see is the header.
        from_email=bounces or sender,
        to=[parcel.address.to],
        headers={"From": sender, "Message-ID": parcel.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    email.attach_alternative(_html(parcel), "text/html")
    return email


def footer(parcel: Parcel) -> str:
    """Return what stands under every message. Discreet ones say nothing about what this is."""
    lines = [_("Nobody reads answers to this message.")]
    if not parcel.address.discreet and not parcel.to_staff:
        lines.append(
            _("If you need help now: in an emergency call 999. For urgent mental health help call 111.")
            + " "
            + _("Samaritans: 116 123, day and night.")
        )
    return "\n".join(lines)


def _html(parcel: Parcel) -> str:
    body = parcel.words.html or linebreaks(urlize(parcel.words.text.strip(), autoescape=True))
    return format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head>'
        "<body>{}<hr>{}</body></html>",
        parcel.address.language,
        parcel.words.subject,
        mark_safe(body),  # noqa: S308 - escaped by urlize, or a template's output
        mark_safe(linebreaks(footer(parcel), autoescape=True)),  # noqa: S308 - escaped by linebreaks
    )


@contextlib.contextmanager
def _problems_named() -> Iterator[None]:
    """Turn what smtplib raises into ours. The server's own text may hold the address, so only its code is kept."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _text in error.recipients.values()), default=550)
        raise _by_code(code) from error
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        raise TryAgain(f"smtp-{error.smtp_code}", whole_channel=True) from error
    except smtplib.SMTPSenderRefused as error:
        # About our own address, not about the recipient: every other message would fare the same.
        raise TryAgain(f"smtp-sender-{error.smtp_code}", whole_channel=True) from error
    except smtplib.SMTPResponseException as error:
        raise _by_code(error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NeverDelivered("smtp-not-supported") from error
    except (BadHeaderError, UnicodeError) as error:
        raise NeverDelivered("address-or-subject-unusable") from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryAgain(f"smtp-{type(error).__name__}", whole_channel=True) from error


def _by_code(code: int) -> TryAgain | NeverDelivered:
    return NeverDelivered(f"smtp-{code}") if code >= 500 else TryAgain(f"smtp-{code}")
