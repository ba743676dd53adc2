"""Reading the outbox."""

from django.db.models import QuerySet

from notifications.models import Message


def failed_messages() -> QuerySet[Message]:
    """Return what could not be delivered, newest first."""
    return Message.objects.filter(state=Message.State.FAILED).order_by("-claimed_at", "-pk")


def letters_to_print() -> QuerySet[Message]:
    """Return letters that wait for somebody to print and post them, oldest first."""
    return Message.objects.filter(state=Message.State.TO_PRINT).order_by("claimed_at", "pk")


def delivered(topic: str, subject_type: str, subject_id: int) -> bool:
    """Say whether a message of this topic about this subject was handed over."""
    return messages_about(subject_type, subject_id).filter(topic=topic, state=Message.State.SENT).exists()


def messages_about(subject_type: str, subject_id: int) -> QuerySet[Message]:
    """Return all messages about a subject, in the order they were written."""
    return Message.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("pk")
