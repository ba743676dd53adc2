"""The worker's part: everything here can be run again at any time, by any number of workers."""

import logging
import time

from celery import shared_task

from core import clock
from core.actors import system
from notifications import delivery, letters, receipts
from notifications.channels.base import TryAgain
from notifications.selectors import letters_to_print

logger = logging.getLogger(__name__)

BATCH = 200
# Well under the task's soft time limit; what is left is found by the next tick.
BUDGET_SECONDS = 25


@shared_task
def deliver_one(message_id: int) -> None:
    """Send one message, if it is due and nobody else has it."""
    delivery.message_deliver(message_id=message_id)


@shared_task
def deliver_due() -> None:
    """Send everything that is due: what lost its wake-up, what waited for its time, what a dead worker left behind.

    A channel found to be down is left until the next round; the others go on.
    """
    started, now = time.monotonic(), clock.now()
    delivery.stuck_requeue(now=now)
    down: set[str] = set()
    while True:
        known = len(down)
        for message_id, channel in delivery.due(now=now, limit=BATCH, except_channels=down):
            if channel not in down and (found_down := delivery.message_deliver(message_id=message_id)):
                down.add(found_down)
            if time.monotonic() - started > BUDGET_SECONDS:
                return
        if len(down) == known:
            return


@shared_task
def ask_receipts() -> None:
    """Ask the provider what became of the texts it took."""
    started = time.monotonic()
    for message_id in receipts.due_ids(now=clock.now(), limit=BATCH):
        try:
            receipts.receipt_ask(message_id=message_id)
        except TryAgain as problem:
            logger.warning("receipts: %s, asked again later", problem.code)
            return
        if time.monotonic() - started > BUDGET_SECONDS:
            return


@shared_task
def recheck_letters() -> None:
    """Take letters nobody needs any more off the list of those to print."""
    for message_id in letters_to_print().values_list("pk", flat=True):
        letters.letter_recheck(message_id=message_id, actor=system("letters"))
