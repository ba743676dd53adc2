"""Writing to the outbox."""

import contextlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from core import audit, clock, working_time, worklist
from core.actors import Actor
from notifications import kinds, outcomes, topics, wakeup
from notifications.bounces import Report
from notifications.models import Message
from notifications.selectors import NOT_ARRIVED, letters_just_posted, messages_about

State = Message.State


class NotFailed(Exception):
    """Only a message that failed or bounced can be tried again."""


class NotToPrint(Exception):
    """Only a letter that waits to be printed can be posted."""


class NotPosted(Exception):
    """Only a letter that was posted can come back."""


class UnknownMessage(LookupError):
    """No message of ours has this Message-ID."""


class NotJustPosted(Exception):
    """Only a letter posted a short time ago can be taken back."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be written: ids and codes only. `channel` is the expected one."""

    subject_type: str
    subject_id: int
    recipient_type: str
    recipient_id: int
    dedupe_key: str
    channel: str = Message.Channel.EMAIL
    detail: dict[str, Any] = field(default_factory=dict)


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
    draft = Draft(
        subject_type, subject_id, recipient_type, recipient_id, dedupe_key, channel=channel, detail=detail or {}
    )
    columns = _columns(topic, draft, not_before or now, quiet=respect_quiet_hours)
    del columns["dedupe_key"]
    message, created = Message.objects.get_or_create(dedupe_key=dedupe_key, defaults=columns)
    if created and message.not_before <= now:
        wakeup.after_commit(message.pk)
    return message


def messages_enqueue(*, topic: str, drafts: Sequence[Draft], respect_quiet_hours: bool = False) -> None:
    """Write many messages of one topic in one insert; those whose dedupe key is there already are left out.

    Raises topics.UnknownTopic.
    """
    topics.handler_of(topic)
    now = clock.now()
    rows = [Message(**_columns(topic, draft, now, quiet=respect_quiet_hours)) for draft in drafts]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    keys = [row.message_id for row in rows if row.not_before <= now]
    for pk in Message.objects.filter(message_id__in=keys).order_by("pk").values_list("pk", flat=True):
        wakeup.after_commit(pk)


def _columns(topic: str, draft: Draft, start: datetime, *, quiet: bool) -> dict[str, Any]:
    return {
        "topic": topic,
        "subject_type": draft.subject_type,
        "subject_id": draft.subject_id,
        "recipient_type": draft.recipient_type,
        "recipient_id": draft.recipient_id,
        "channel": draft.channel,
        "dedupe_key": draft.dedupe_key,
        "detail": draft.detail,
        "not_before": working_time.outside_quiet_hours(start) if quiet else start,
        "quiet": quiet,
        # Made once and kept: however often the row is sent, the recipient's mail program sees one message.
        "message_id": f"<{uuid.uuid4().hex}@{settings.MESSAGE_ID_DOMAIN}>",
        "created_at": clock.now(),
    }


@transaction.atomic
def message_retry(*, message: Message, actor: Actor) -> Message:
    """Put a failed or bounced message back into the queue, with its attempts counted anew. Raises NotFailed."""
    won = Message.objects.filter(pk=message.pk, state__in=NOT_ARRIVED).update(
        state=State.QUEUED, attempts=0, not_before=clock.now(), last_error="", sent_at=None, bounced_at=None
    )
    if not won:
        raise NotFailed(message.pk)
    message.refresh_from_db()
    _settle(message, actor, "message_retry", kinds.FAILED, kinds.BOUNCED)
    wakeup.after_commit(message.pk)
    return message


@transaction.atomic
def message_bounced(*, message: Message, code: str, actor: Actor) -> bool:
    """Record that a message which was handed over did not arrive, and give it to the coordinators. `code` is short
    and names nobody. Returns False, and changes nothing, when that is known already or the message is not out.

    A message that is being sent counts as out: its bounce may be faster than the worker's record.
    """
    row = Message.objects.select_for_update().get(pk=message.pk)
    out = row.state in (State.SENT, State.SENDING) or (row.state == State.QUEUED and row.attempts > 0)
    if not out or row.channel == Message.Channel.LETTER:
        return False
    _bounce(row, code, actor)
    return True


@transaction.atomic
def letter_returned(*, message: Message, actor: Actor) -> Message:
    """Record that the post brought a letter back. Raises NotPosted."""
    posted = Message.objects.filter(channel=Message.Channel.LETTER, state=State.SENT)
    row = posted.select_for_update().filter(pk=message.pk).first()
    if row is None:
        raise NotPosted(message.pk)
    _bounce(row, "returned-by-post", actor)
    return row


def _bounce(row: Message, code: str, actor: Actor) -> None:
    row.state, row.bounced_at, row.last_error, row.receipt_due = State.BOUNCED, clock.now(), code[:200], None
    row.save(update_fields=["state", "bounced_at", "last_error", "receipt_due"])
    outcomes.tell_failed(row)
    kinds.raise_task(kinds.BOUNCED, row, actor=actor, error=row.last_error)
    _audit(row, actor, "message_bounced")


def report_record(*, report: Report, actor: Actor) -> bool:
    """Record what a mail server reports. Returns whether a message bounced that was not known to. Raises
    UnknownMessage."""
    message = Message.objects.filter(message_id=report.message_id).first()
    if message is None:
        raise UnknownMessage(report.message_id)
    return report.bounced and message_bounced(message=message, code=report.code, actor=actor)


@transaction.atomic
def messages_cancel_for(*, subject_type: str, subject_id: int, except_topics: Iterable[str] = (), actor: Actor) -> int:
    """Cancel what is still to be sent or printed about a subject, but for some topics. Returns how many.

    Rows somebody is just taking up are left to their handler's `still_wanted`; waiting for them here, with the
    subject locked, could be for ever.
    """
    waiting = messages_about(subject_type, subject_id).filter(state__in=(State.QUEUED, State.TO_PRINT))
    waiting = waiting.exclude(topic__in=list(except_topics)).select_for_update(skip_locked=True)
    cancelled = list(waiting.values_list("pk", flat=True))
    Message.objects.filter(pk__in=cancelled).update(state=State.CANCELLED)
    for pk in cancelled:
        worklist.tasks_cancel_for(kind=kinds.LETTER, subject_type="message", subject_id=pk, actor=actor)
    if cancelled:
        detail = {"messages": cancelled}
        audit.record_write(actor=actor, verb="messages_cancel", obj_type=subject_type, obj_id=subject_id, detail=detail)
    return len(cancelled)


@transaction.atomic
def letter_posted(*, message: Message, actor: Actor) -> Message:
    """Record that a letter was printed and posted. Raises NotToPrint."""
    won = Message.objects.filter(pk=message.pk, state=State.TO_PRINT).update(state=State.SENT, sent_at=clock.now())
    if not won:
        raise NotToPrint(message.pk)
    message.refresh_from_db()
    outcomes.tell_sent(message)
    _settle(message, actor, "letter_posted", kinds.LETTER)
    return message


def letters_posted(*, messages: Iterable[Message], actor: Actor) -> int:
    """Record several letters as posted, each by itself. Returns how many were still to be posted."""
    posted = 0
    for message in messages:
        with contextlib.suppress(NotToPrint):
            letter_posted(message=message, actor=actor)
            posted += 1
    return posted


@transaction.atomic
def letter_unposted(*, message: Message, actor: Actor) -> Message:
    """Take back that a letter was posted, within UNPOST_WITHIN. Its handler is told that nobody has it.

    Raises NotJustPosted.
    """
    just_posted = letters_just_posted().filter(pk=message.pk)
    if not just_posted.update(state=State.TO_PRINT, sent_at=None):
        raise NotJustPosted(message.pk)
    message.refresh_from_db()
    outcomes.tell_failed(message)
    kinds.raise_task(kinds.LETTER, message, actor=actor)
    _audit(message, actor, "letter_unposted")
    return message


def _settle(message: Message, actor: Actor, verb: str, *task_kinds: str) -> None:
    for kind in task_kinds:
        worklist.tasks_cancel_for(kind=kind, subject_type="message", subject_id=message.pk, actor=actor)
    _audit(message, actor, verb)


def _audit(message: Message, actor: Actor, verb: str) -> None:
    audit.record_write(actor=actor, verb=verb, obj_type="message", obj_id=message.pk, detail={"topic": message.topic})
