from celery import shared_task

from accounts.services.mails import account_mails_forget
from core import clock


@shared_task
def forget_mails() -> None:
    """Delete sign-in mails that have lost their use."""
    account_mails_forget(now=clock.now())
