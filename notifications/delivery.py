"""From a queued row to a delivered message.

Three steps, each its own transaction: claim (re-check, address, words, state `sending` committed), hand to the channel,
record. A crash after the first leaves a row in `sending`, which `stuck_requeue` sends again with the same Message-ID:
at least once, and one distinct Message-ID per dedupe key.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from core import clock, working_time
from core.actors import system
from notifications import kinds, outcomes, topics
from notifications.channels import SENDERS, gives_receipts
from notifications.channels.base import DeliveryProblem, NeverDelivered, Parcel, TryAgain
from notifications.models import Message

logger = logging.getLogger(__name__)

# Minutes until the next attempt; after the last one the row is failed for everybody to see. About 17 hours in all, so
# that a night without a mail server loses nothing.
BACK_OFF_MINUTES = (1, 2, 5, 10, 20, 30, 60, 60, 120, 240, 480)
MOST_ATTEMPTS = len(BACK_OFF_MINUTES) + 1
# How long after a text its provider is first asked what became of it.
RECEIPT_AFTER = timedelta(minutes=5)
State = Message.State
# Kinds of recipient who are at work: the crisis lines do not stand under their messages.
STAFF = {"user", "therapist"}


@dataclass(frozen=True, slots=True)
class Claimed:
    message_id: int
    claimed_at: datetime
    channel: str
    parcel: Parcel


def due(*, now: datetime, limit: int, except_channels: Iterable[str] = ()) -> list[tuple[int, str]]:
    """Return (id, expected channel) of messages to send, the longest waiting first."""
    waiting = Message.objects.filter(state=State.QUEUED, not_before__lte=now).exclude(channel__in=list(except_channels))
    return list(waiting.order_by("not_before", "pk").values_list("pk", "channel")[:limit])


def message_deliver(*, message_id: int) -> str | None:
    """Send one message, if it is due and nobody else has it. Returns the channel when that is down altogether."""
    claimed = _claim(message_id)
    if claimed is None:
        return None
    try:
        SENDERS[claimed.channel](claimed.parcel)
    except DeliveryProblem as problem:
        _record_problem(claimed, problem)
        return claimed.channel if isinstance(problem, TryAgain) and problem.whole_channel else None
    except Exception as error:
        # A fault of ours: tried again a few times, then seen by everybody, instead of going round for ever.
        logger.exception("message %s: cannot be handed to %s", message_id, claimed.channel)
        _record_problem(claimed, TryAgain(f"send-{type(error).__name__}"[:80]))
        return None
    _record_sent(claimed)
    return None


def stuck_requeue(*, now: datetime) -> int:
    """Put rows back that were claimed and never recorded: whoever had them is gone. Returns how many."""
    given_up = now - timedelta(seconds=settings.MESSAGE_STUCK_SECONDS)
    stuck = Message.objects.filter(state=State.SENDING, claimed_at__lt=given_up)
    return stuck.update(state=State.QUEUED, not_before=now, last_error="interrupted")


@transaction.atomic
def _claim(message_id: int) -> Claimed | None:
    """Take a due row, decide what becomes of it, and commit `sending`. Rows held by another deliverer are skipped."""
    now = clock.now()
    due = Message.objects.filter(pk=message_id, state=State.QUEUED, not_before__lte=now)
    message = due.select_for_update(skip_locked=True).first()
    if message is None or _put_off(message, now):
        return None
    repeated = message.claimed_at is not None
    message.attempts += 1
    message.claimed_at = now
    try:
        if message.attempts > MOST_ATTEMPTS:
            # Each of them ended its worker before anything could be recorded.
            raise NeverDelivered("interrupted")
        with transaction.atomic():
            return _prepare(message, repeated=repeated)
    except DeliveryProblem as problem:
        _settle_problem(message, problem)
    except Exception as error:
        # One topic's fault must not stop the others, and may be gone with the next deployment.
        logger.exception("message %s: %s cannot be prepared", message.pk, message.topic)
        _settle_problem(message, TryAgain(f"prepare-{type(error).__name__}"[:80]))
    return None


def _put_off(message: Message, now: datetime) -> bool:
    """A message that came due by day and is taken up at night, because the worker was late, waits for the morning."""
    if not message.quiet:
        return False
    sendable = working_time.outside_quiet_hours(now)
    if sendable <= now:
        return False
    message.not_before = sendable
    message.save(update_fields=["not_before"])
    return True


def _prepare(message: Message, *, repeated: bool) -> Claimed | None:
    try:
        handler = topics.handler_of(message.topic)
    except topics.UnknownTopic as error:
        raise NeverDelivered("unknown-topic") from error
    if not handler.still_wanted(message):
        message.state = State.CANCELLED
        message.save(update_fields=["state", "claimed_at"])
        return None
    address = handler.address(message)
    if address is None or not address.to:
        raise NeverDelivered("no-address")
    message.channel = address.channel
    if address.channel == Message.Channel.LETTER:
        _hand_to_printer(message)
        return None
    if address.channel not in SENDERS:
        # A person who is only to be rung: the task says so to whoever can.
        raise NeverDelivered(f"by-{address.channel}")
    with translation.override(address.language):
        words = handler.render(message)
        to_staff = message.recipient_type in STAFF
        parcel = Parcel(message.message_id, address, words, to_staff=to_staff, repeated=repeated)
    message.state = State.SENDING
    message.save(update_fields=["state", "channel", "attempts", "claimed_at"])
    return Claimed(message.pk, message.claimed_at, address.channel, parcel)  # type: ignore[arg-type]


def _hand_to_printer(message: Message) -> None:
    message.state = State.TO_PRINT
    message.save(update_fields=["state", "channel", "attempts", "claimed_at"])
    kinds.raise_task(kinds.LETTER, message, actor=system("deliver"))


def _mine(claimed: Claimed) -> QuerySet[Message]:
    # The sweeper may have given the row to somebody else in the meantime: then the record is theirs.
    return Message.objects.filter(pk=claimed.message_id, state=State.SENDING, claimed_at=claimed.claimed_at)


@transaction.atomic
def _record_sent(claimed: Claimed) -> None:
    message = _mine(claimed).select_for_update().first()
    if message is None:
        return
    message.state, message.sent_at, message.last_error = State.SENT, clock.now(), ""
    if gives_receipts(message.channel):
        message.receipt_due = message.sent_at + RECEIPT_AFTER
    message.save(update_fields=["state", "sent_at", "last_error", "receipt_due"])
    outcomes.tell_sent(message)


@transaction.atomic
def _record_problem(claimed: Claimed, problem: DeliveryProblem) -> None:
    message = _mine(claimed).select_for_update().first()
    if message is not None:
        _settle_problem(message, problem)


def _settle_problem(message: Message, problem: DeliveryProblem) -> None:
    message.last_error = problem.code
    logger.warning("message %s (%s): %s", message.pk, message.topic, problem.code)
    if isinstance(problem, TryAgain) and message.attempts < MOST_ATTEMPTS:
        wait = timedelta(minutes=BACK_OFF_MINUTES[message.attempts - 1])
        again = clock.now() + wait
        message.state = State.QUEUED
        message.not_before = working_time.outside_quiet_hours(again) if message.quiet else again
    else:
        message.state = State.FAILED
    message.save(update_fields=["state", "channel", "attempts", "claimed_at", "not_before", "last_error"])
    if message.state == State.FAILED:
        # The handler first: it locks what the platform locks before a task.
        outcomes.tell_failed(message)
        kinds.raise_task(kinds.FAILED, message, actor=system("deliver"), error=problem.code)
