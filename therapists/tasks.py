"""What registers and listings need by the passing of time. Standing needs nothing: it is judged whenever it is asked
for."""

import logging

from celery import shared_task

from core.actors import system
from therapists.services.confirmations import confirmations_ask
from therapists.services.leave import leaves_turn
from therapists.services.registrations import registration_checks_open
from therapists.services.search import search_reindex

logger = logging.getLogger(__name__)


@shared_task
def registration_checks() -> None:
    """Each morning: put the registrations whose next check is due before a coordinator."""
    registration_checks_open(actor=system("registration_checks"))


@shared_task
def search_reindex_nightly() -> None:
    """Look whether everybody is found by her present name. Changes keep that in step; this says if one did not."""
    if changed := search_reindex():
        logger.warning("search entries were not in step: %d", changed)


@shared_task
def ask_to_confirm() -> None:
    """On working mornings: ask therapists of whom nothing was heard whether they still take people."""
    confirmations_ask()


@shared_task
def turn_leaves() -> None:
    """Pause whoever goes on leave today, and show whoever is back."""
    leaves_turn(actor=system("turn_leaves"))
