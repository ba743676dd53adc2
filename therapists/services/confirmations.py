"""Writing to therapists of whom nothing was heard: are you still taking people?

Who was written to stands in ConfirmationAsk, and the outbox keeps one message per step and confirmation; so two runs at
once, or a run that died half-way, write nothing twice and leave nobody out. Nobody is locked: what has changed between
writing and sending is looked at again when the message goes out.
"""

import time
from collections.abc import Iterator
from itertools import islice

from django.db import transaction

from core import clock
from notifications.services import message_enqueue
from therapists import messages
from therapists.models import ConfirmationAsk, Therapist
from therapists.selectors.confirmations import Morning, confirmation_nonce, mornings, therapists_to_ask
from therapists.selectors.standing import standing_for

BATCH = 500
# Well under the task's soft time limit; who is left is found by the next run of the same morning.
BUDGET_SECONDS = 25


def confirmations_ask() -> int:
    """Write to whoever is due on this working morning. Returns how many messages that is."""
    started, written = time.monotonic(), 0
    for morning, nations in mornings(clock.now()).items():
        for rows in _batches(nations, morning):
            written += _write(rows, morning)
            if time.monotonic() - started > BUDGET_SECONDS:
                return written
    return written


def _batches(nations: list[str], morning: Morning) -> Iterator[list[Therapist]]:
    """Yield everybody who is due, some at a time. Whoever is passed over keeps her place in the order: the next batch
    begins behind her."""
    found = therapists_to_ask(nations, morning).values_list("pk", flat=True)
    ids = iter(list(found))
    while wanted := list(islice(ids, BATCH)):
        yield list(Therapist.objects.filter(pk__in=wanted, user__is_active=True).order_by("confirmed_at", "pk"))


@transaction.atomic
def _write(rows: list[Therapist], morning: Morning) -> int:
    """Write to those of a batch whom nothing else keeps from being found: the others would read what is not true."""
    standings = standing_for([row.pk for row in rows], as_of=clock.now())
    told = []
    for row in rows:
        if row.confirmed_at is None or row.confirmed_at > max(morning.asked, morning.last):
            continue
        if not set(standings[row.pk].reasons) <= {"not_confirmed"}:
            continue
        step = morning.step_for(row.confirmed_at)
        _enqueue(row, step)
        told.append(ConfirmationAsk(therapist=row, confirmed_at=row.confirmed_at, step=step))
    ConfirmationAsk.objects.bulk_create(
        told, update_conflicts=True, unique_fields=["therapist"], update_fields=["confirmed_at", "step"]
    )
    return len(told)


def _enqueue(row: Therapist, step: ConfirmationAsk.Step) -> None:
    topic, nonce = messages.CONFIRMATION_TOPICS[step], confirmation_nonce(row)
    message_enqueue(
        topic=topic,
        subject_type="therapist",
        subject_id=row.pk,
        recipient_type="therapist",
        recipient_id=row.pk,
        dedupe_key=f"{topic}:{row.pk}:{nonce}",
        detail={"confirmed": nonce},
        respect_quiet_hours=True,
    )
