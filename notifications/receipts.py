"""Asking a provider what became of the messages it took: what never arrives is a bounce.

A row is taken by moving its next asking forward, before the provider is asked: any number of workers may do this, and
one that dies has only put the question off.
"""

from datetime import datetime, timedelta

from core import clock
from core.actors import system
from notifications.channels import sms
from notifications.delivery import RECEIPT_AFTER
from notifications.models import Message
from notifications.services import message_bounced

# Mobile networks try for three days; nothing is learned after that.
ASK_FOR = timedelta(days=4)
AT_LEAST_EVERY = timedelta(hours=6)
RECEIPTS = system("receipts")


def due_ids(*, now: datetime, limit: int) -> list[int]:
    """Return the ids of messages to ask about, the longest overdue first."""
    due = Message.objects.filter(state=Message.State.SENT, receipt_due__lte=now).order_by("receipt_due", "pk")
    return list(due.values_list("pk", flat=True)[:limit])


def receipt_ask(*, message_id: int) -> None:
    """Ask once about one message, if it is due and nobody else does. Raises TryAgain: it is asked again later."""
    now = clock.now()
    due = Message.objects.filter(pk=message_id, state=Message.State.SENT, receipt_due__lte=now)
    message = due.first()
    if message is None or not due.update(receipt_due=_next(message, now)):
        return
    found = sms.receipt(message.message_id)
    if found.failure:
        message_bounced(message=message, code=found.failure, actor=RECEIPTS)
    elif found.arrived:
        Message.objects.filter(pk=message_id).update(receipt_due=None)


def _next(message: Message, now: datetime) -> datetime | None:
    """Ever more rarely: after as long again as has passed since it was sent, but every few hours."""
    age = now - message.sent_at if message.sent_at else ASK_FOR
    return now + min(max(age, RECEIPT_AFTER), AT_LEAST_EVERY) if age < ASK_FOR else None
