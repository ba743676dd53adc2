"""A worker that ends itself when it has silently stopped being given work.

After Redis has been away, a worker may come back connected and consume nothing. Beat's tick reaches every healthy
worker, so long silence means that fault (or that beat is gone, when a fresh start does no harm): end, be restarted.
"""

import logging
import os
import signal
import threading
import time

from celery.signals import task_received

logger = logging.getLogger(__name__)
# Longer than any task may run: what the worker has in hand is ended first, if it can be.
GRACE_SECONDS = 75
_last_given = time.monotonic()


@task_received.connect
def _note(**_: object) -> None:
    global _last_given  # noqa: PLW0603 - one moment per worker process
    _last_given = time.monotonic()


def start(silence_seconds: int) -> None:
    """Watch this worker from a thread. Zero switches the watchdog off."""
    _note()
    if silence_seconds:
        threading.Thread(target=_watch, args=(silence_seconds,), daemon=True, name="watchdog").start()


def _watch(silence_seconds: int) -> None:
    while time.monotonic() - _last_given < silence_seconds:
        time.sleep(min(1.0, silence_seconds / 4))
    logger.error("watchdog: nothing received for %s seconds, ending to be started anew", silence_seconds)
    os.kill(os.getpid(), signal.SIGTERM)
    # This thread ends with the process. Still here: the main thread is stuck where no signal is looked at.
    time.sleep(GRACE_SECONDS)
    logger.critical("watchdog: did not end by itself, killing")
    os.killpg(os.getpgrp(), signal.SIGKILL)
