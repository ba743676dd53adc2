"""Housekeeping of the matching tables."""

from celery import shared_task

from core import actors
from matching.services.exposure import exposures_add_up
from matching.services.forecast import waits_forecast
from matching.services.log import changes_prune


@shared_task
def prune_changes() -> None:
    """Hourly: keep the log of register changes short."""
    changes_prune(actor=actors.system("prune_changes"))


@shared_task
def add_up_exposure() -> None:
    """Nightly: add what processes counted to the sums per therapist and day."""
    exposures_add_up(actor=actors.system("add_up_exposure"))


# The national history takes a quarter of a minute; the limits of ordinary tasks would end it on a slow machine.
@shared_task(soft_time_limit=200, time_limit=240)
def forecast_waits() -> None:
    """Asked often, done once a night: forecast how long people wait for each therapist."""
    waits_forecast(actor=actors.system("forecast_waits"))
