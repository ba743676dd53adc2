"""Housekeeping of the matching tables."""

from celery import shared_task

from core import actors
from matching.services.exposure import exposures_add_up
from matching.services.log import changes_prune


@shared_task
def prune_changes() -> None:
    """Hourly: keep the log of register changes short."""
    changes_prune(actor=actors.system("prune_changes"))


@shared_task
def add_up_exposure() -> None:
    """Nightly: add what processes counted to the sums per therapist and day."""
    exposures_add_up(actor=actors.system("add_up_exposure"))
