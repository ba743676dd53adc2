from celery import shared_task

from core import heartbeat


@shared_task
def worker_heartbeat() -> None:
    """Show that beat, the broker and a worker work together."""
    heartbeat.note()
