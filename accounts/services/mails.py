"""Sign-in mails (confirm your address, choose a new password) through the outbox, so that a mail server that is down
is never an error page for somebody who signs up, and nothing is lost.
"""

import datetime

from django.db import transaction

from accounts.models import AccountMail
from core import clock
from notifications.services import message_enqueue

TOPIC = "account_mail"
# The links inside expire sooner or do no harm; a later arrival would only confuse.
STILL_USEFUL = datetime.timedelta(days=1)
KEPT = datetime.timedelta(days=2)


@transaction.atomic
def account_mail_send(*, to: str, user_id: int | None, subject: str, text: str) -> AccountMail:
    """Keep a rendered mail sealed and hand its id to the outbox."""
    mail = AccountMail.objects.create(address=to, subject=subject[:200], text=text, created_at=clock.now())
    message_enqueue(
        topic=TOPIC,
        subject_type="account_mail",
        subject_id=mail.pk,
        recipient_type="user",
        recipient_id=user_id or 0,
        dedupe_key=f"{TOPIC}:{mail.pk}",
    )
    return mail


def account_mails_forget(*, now: datetime.datetime) -> int:
    """Delete mails that were sent or have lost their use. Returns how many."""
    return AccountMail.objects.filter(created_at__lt=now - KEPT).delete()[0]
