from celery import shared_task

from core import clock, heartbeat, throttle
from core.actors import system
from core.bank_holidays import bank_holidays_look


@shared_task
def worker_heartbeat() -> None:
    """Show that beat, the broker and a worker work together."""
    heartbeat.note()


@shared_task
def forget_attempts() -> None:
    """Delete counts of attempts whose window is over."""
    throttle.windows_forget(now=clock.now())


@shared_task
def bank_holidays() -> None:
    """Each morning: say in good time that the bank holidays we know come to an end."""
    bank_holidays_look(actor=system("bank_holidays"))
