"""The worker's part: everything here can be run again at any time, by any number of workers."""

import time

from celery import shared_task

from core import clock
from notifications import delivery

BATCH = 200
# Well under the task's soft time limit; what is left is found by the next tick.
BUDGET_SECONDS = 25


@shared_task
def deliver_one(message_id: int) -> None:
    """Send one message, if it is due and nobody else has it."""
    delivery.message_deliver(message_id=message_id)


@shared_task
def deliver_due() -> None:
    """Send everything that is due: what lost its wake-up, what waited for its time, what a dead worker left behind."""
    started = time.monotonic()
    now = clock.now()
    delivery.stuck_requeue(now=now)
    for message_id in delivery.due_ids(now=now, limit=BATCH):
        channel_works = delivery.message_deliver(message_id=message_id)
        if not channel_works or time.monotonic() - started > BUDGET_SECONDS:
            return
