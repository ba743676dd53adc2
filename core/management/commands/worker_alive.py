import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock, heartbeat

# Ticks that may be missed before the worker counts as gone.
PATIENCE = 5


class Command(BaseCommand):
    help = "End with an error unless a worker has lately run what beat gave it."

    def handle(self, *args: Any, **options: Any) -> None:
        last = heartbeat.last()
        limit = datetime.timedelta(seconds=max(60, PATIENCE * settings.TICK_SECONDS))
        if last is None or clock.now() - last > limit:
            raise CommandError(f"No worker has run anything since {last or 'ever'}.")
        self.stdout.write(f"A worker ran a task at {last:%H:%M:%S} UTC.")
