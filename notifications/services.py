"""Writing to the outbox."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from core import audit, clock, working_time, worklist
from core.actors import Actor
from notifications import kinds, topics, wakeup
from notifications.models import Message


class NotFailed(Exception):
    """Only a failed message can be tried again."""


class NotToPrint(Exception):
    """Only a letter that waits to be printed can be posted."""


def message_enqueue(
    *,
    topic: str,
    subject_type: str,
    subject_id: int,
    recipient_type: str,
    recipient_id: int,
    channel: str = Message.Channel.EMAIL,
    dedupe_key: str,
    not_before: datetime | None = None,
    detail: dict[str, Any] | None = None,
    respect_quiet_hours: bool = False,
) -> Message:
    """Write a message in the caller's transaction, or return the one that has this dedupe key already.

    `channel` is the expected one; where it really goes is asked when it is sent. `detail` holds ids and codes only.
    Raises topics.UnknownTopic. Sending starts after the commit; a broker that is down delays it by one tick at most.
    """
    topics.handler_of(topic)
    now = clock.now()
    start = not_before or now
    if respect_quiet_hours:
        start = working_time.outside_quiet_hours(start)
    message, created = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "topic": topic,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "recipient_type": recipient_type,
            "recipient_id": recipient_id,
            "channel": channel,
            "detail": detail or {},
            "not_before": start,
            "quiet": respect_quiet_hours,
            # Made once and kept: however often the row is sent, the recipient's mail program sees one message.
            "message_id": f"<{uuid.uuid4().hex}@{settings.MESSAGE_ID_DOMAIN}>",
            "created_at": now,
        },
    )
    if created and start <= now:
        wakeup.after_commit(message.pk)
    return message


@transaction.atomic
def message_retry(*, message: Message, actor: Actor) -> Message:
    """Put a failed message back into the queue, with its attempts counted anew. Raises NotFailed."""
    won = Message.objects.filter(pk=message.pk, state=Message.State.FAILED).update(
        state=Message.State.QUEUED, attempts=0, not_before=clock.now(), last_error=""
    )
    if not won:
        raise NotFailed(message.pk)
    _settle(message, kinds.FAILED, actor, "message_retry")
    wakeup.after_commit(message.pk)
    return message


@transaction.atomic
def letter_posted(*, message: Message, actor: Actor) -> Message:
    """Record that a letter was printed and posted. Raises NotToPrint."""
    won = Message.objects.filter(pk=message.pk, state=Message.State.TO_PRINT).update(
        state=Message.State.SENT, sent_at=clock.now()
    )
    if not won:
        raise NotToPrint(message.pk)
    _settle(message, kinds.LETTER, actor, "letter_posted")
    return message


def _settle(message: Message, kind: str, actor: Actor, verb: str) -> None:
    message.refresh_from_db()
    worklist.tasks_cancel_for(kind=kind, subject_type="message", subject_id=message.pk, actor=actor)
    audit.record_write(actor=actor, verb=verb, obj_type="message", obj_id=message.pk, detail={"topic": message.topic})
