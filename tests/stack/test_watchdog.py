"""A worker that is connected and is given nothing: its watchdog ends it, the supervisor starts it again, work goes on.

In production compose is the supervisor: tests/config/test_compose.py sees that it starts every service again.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil

from config import celery_app
from core import heartbeat
from tests.referrals.given import sent
from tests.stack.fault_stack import FaultStack
from therapists.models import Therapist

# A worker whose main thread is stuck where no signal reaches it.
STUCK = """
import signal, time
from config import watchdog
watchdog.GRACE_SECONDS = 1
signal.signal(signal.SIGTERM, signal.SIG_IGN)
watchdog.start(1)
time.sleep(60)
"""


def worker_of(stack: FaultStack) -> int:
    process = stack.service("worker").process
    assert process is not None
    return process.pid


def answered(ask: Callable[[], object]) -> None:
    """Ask until there is an answer: a worker that has just started listens to tasks first, and to questions later."""
    until = time.monotonic() + 20
    while not ask():
        assert time.monotonic() < until, "it does not answer"


def deafen() -> None:
    """Take the worker's queue away by remote control: it stays alive and connected, and consumes nothing."""
    answered(lambda: celery_app.control.ping(timeout=2, limit=1))
    answered(lambda: celery_app.control.cancel_consumer("celery", reply=True, timeout=2, limit=1))
    time.sleep(1)
    quiet = heartbeat.last()
    time.sleep(2.5)
    assert heartbeat.last() == quiet, "it still works"
    assert celery_app.control.ping(timeout=2, limit=1), "it is not connected"


def test_a_deaf_worker_is_started_again_and_nothing_is_lost(fault_stack: FaultStack, ben: Therapist) -> None:
    deaf = worker_of(fault_stack)
    deafen()
    sent(ben)
    fault_stack.wait_mails(2)
    assert worker_of(fault_stack) != deaf
    assert not psutil.pid_exists(deaf)
    assert "watchdog: nothing received" in (fault_stack.folder / "worker.log").read_text()


def test_a_worker_that_cannot_even_end_is_killed() -> None:
    stuck = subprocess.Popen([sys.executable, "-c", STUCK], start_new_session=True)
    assert stuck.wait(15) == -signal.SIGKILL
