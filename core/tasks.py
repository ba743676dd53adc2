from celery import shared_task

from core import clock, heartbeat, throttle


@shared_task
def worker_heartbeat() -> None:
    """Show that beat, the broker and a worker work together."""
    heartbeat.note()


@shared_task
def forget_attempts() -> None:
    """Delete counts of attempts whose window is over."""
    throttle.windows_forget(now=clock.now())
