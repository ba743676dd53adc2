"""Reading the outbox."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from core import clock
from notifications.models import Message

# Long enough to notice a wrong tick, short enough that nobody has acted on a letter that never left.
UNPOST_WITHIN = timedelta(hours=1)
NOT_ARRIVED = (Message.State.FAILED, Message.State.BOUNCED)


def failed_messages() -> QuerySet[Message]:
    """Return what the recipient does not have, given up or sent back, newest first."""
    return Message.objects.filter(state__in=NOT_ARRIVED).order_by("-claimed_at", "-pk")


def letters_to_print() -> QuerySet[Message]:
    """Return letters that wait for somebody to print and post them, oldest first."""
    return Message.objects.filter(state=Message.State.TO_PRINT).order_by("claimed_at", "pk")


def letters_out() -> QuerySet[Message]:
    """Return letters that were posted and have not come back, the last one first."""
    letters = Message.objects.filter(channel=Message.Channel.LETTER, state=Message.State.SENT)
    return letters.order_by("-sent_at", "-pk")


def letters_just_posted() -> QuerySet[Message]:
    """Return letters marked as posted so short a time ago that the mark can be taken back, the last one first."""
    return letters_out().filter(sent_at__gt=clock.now() - UNPOST_WITHIN)


def delivered(topic: str, subject_type: str, subject_id: int) -> bool:
    """Say whether a message of this topic about this subject was handed over."""
    return messages_about(subject_type, subject_id).filter(topic=topic, state=Message.State.SENT).exists()


def handed_over_at(topic: str, subject_type: str, subject_id: int) -> datetime | None:
    """Return when a message of this topic about this subject was first handed over; None while it was not, or when it
    was sent back."""
    handed = messages_about(subject_type, subject_id).filter(topic=topic, state=Message.State.SENT)
    return handed.order_by("sent_at").values_list("sent_at", flat=True).first()


def messages_about(subject_type: str, subject_id: int) -> QuerySet[Message]:
    """Return all messages about a subject, in the order they were written."""
    return Message.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("pk")
