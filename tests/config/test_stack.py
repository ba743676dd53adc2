"""Web, worker, beat and Redis as real processes, and what becomes of them when one goes away."""

import urllib.request

from core import heartbeat
from devtools import processes


def beats_again(stack) -> None:
    before = heartbeat.last()
    stack.wait(lambda: heartbeat.last() != before, "a new heartbeat")


def test_work_goes_on_after_the_worker_was_killed_and_after_redis_was_away(live_stack):
    beats_again(live_stack)

    live_stack.kill_worker()
    live_stack.start_worker()
    beats_again(live_stack)

    live_stack.stop_redis()
    with urllib.request.urlopen(f"{live_stack.base_url}/local/", timeout=10) as answer:
        assert answer.status == 200
    live_stack.start_redis()
    beats_again(live_stack)


def test_worker_that_is_given_nothing_ends_itself_to_be_started_anew(live_stack):
    processes.kill_session(live_stack.running.pop("beat"))
    live_stack.kill_worker()
    live_stack.start_worker(WORKER_SILENCE_SECONDS="2")
    worker = live_stack.running["worker"]
    live_stack.wait(lambda: worker.poll() is not None, "the worker ends itself")
    assert worker.returncode == 0
    assert "watchdog: nothing received for 2 seconds" in live_stack.logs()
