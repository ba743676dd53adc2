"""Housekeeping of the matching tables."""

from celery import shared_task

from core import actors
from matching.services.log import changes_prune


@shared_task
def prune_changes() -> None:
    """Hourly: keep the log of register changes short."""
    changes_prune(actor=actors.system("prune_changes"))
