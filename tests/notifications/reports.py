"""Delivery status notifications, made up as mail servers write them."""

from email.message import EmailMessage

WHOLE = """\
From: MAILER-DAEMON@mail.example
To: bounces@rapport.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_part"

This is a MIME-encapsulated message.

--=_part
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_part
Content-Type: {kind}

Reporting-MTA: dns; mail.example
Arrival-Date: Mon, 23 Nov 2026 12:00:00 +0000

{recipients}
--=_part
Content-Type: {returned}

From: no-reply@messages.example
Subject: News
Message-ID: {message_id}

words
--=_part--
"""
RECIPIENT = """\
Final-Recipient: rfc822; ewa{number}@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <ewa@example.org>: no such user
"""


def report(
    message_id: str,
    *actions: str,
    status: str = "5.1.1",
    returned: str = "text/rfc822-headers",
    kind: str = "message/delivery-status",
) -> bytes:
    """Return a report about one message, with a group of fields for each of `actions` ("failed" when none)."""
    groups = [
        RECIPIENT.format(number=number, action=action, status=status)
        for number, action in enumerate(actions or ("failed",))
    ]
    recipients = "\n".join(groups)
    return WHOLE.format(kind=kind, returned=returned, recipients=recipients, message_id=message_id).encode()


def ordinary_mail() -> bytes:
    """Return what somebody wrote by hand."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ewa@example.org", "Out of office"
    mail.set_content("I am away until Monday.")
    return mail.as_bytes()
