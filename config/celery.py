"""The Celery application of worker and beat."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_ready

from config import beat, watchdog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("rapport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def _plan(sender: Celery, **_: object) -> None:
    from django.conf import settings

    sender.conf.beat_schedule = beat.schedule(settings.TICK_SECONDS)


@setup_logging.connect
def _keep_djangos_logging(**_: object) -> None:
    """Being connected is enough: Celery then leaves the logging that Django has set up."""


@worker_ready.connect
def _watch(**_: object) -> None:
    from django.conf import settings

    watchdog.start(settings.WORKER_SILENCE_SECONDS)
