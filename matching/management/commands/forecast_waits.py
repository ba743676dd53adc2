import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.actors import system
from matching.services.forecast import waits_forecast


class Command(BaseCommand):
    help = "Forecast how long people wait for each therapist. Done every night by itself; --again does it once more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="even if this night's forecast is there")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        run = waits_forecast(actor=system("forecast_waits"), again=options["again"])
        if run is None:
            self.stdout.write("Nothing to do: this night's forecast is there, or being made.")
            return
        seconds = time.monotonic() - started
        self.stdout.write(f"{run.forecasts:,} forecasts from {run.turns:,} turns in {seconds:.1f} s.")
        if run.held is not None:
            self.stdout.write(
                f"Of {run.cases:,} waits known by now, {run.held:.0%} were over by when the method, uncorrected, "
                "had said 80%."
            )
