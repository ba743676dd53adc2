"""What registers need by the passing of time. Standing needs nothing: it is judged whenever it is asked for."""

from celery import shared_task

from core.actors import system
from therapists.services.registrations import registration_checks_open


@shared_task
def registration_checks() -> None:
    """Each morning: put the registrations whose next check is due before a coordinator."""
    registration_checks_open(actor=system("registration_checks"))
