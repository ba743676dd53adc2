"""Run a made-up month over the register and say how fair it was: nothing is written to the database."""

import argparse
import datetime
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.clock import LONDON
from matching.engine.columns import microseconds
from matching.models import WeightSet
from matching.simulation import supply as supplies
from matching.simulation.demand import Demand
from matching.simulation.month import Process, Simulation, releases
from matching.simulation.report import figures, text
from matching.weights import EVIDENCE

BAR = 30


class Command(BaseCommand):
    help = "Simulate a month of national demand in memory, with the real engine, and report fairness, waits and wishes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=_between(1, 366), default=30, help="How many days (30).")
        parser.add_argument(
            "--seed", type=_between(0, 2**32), default=1, help="The same seed gives the same month (1)."
        )
        parser.add_argument(
            "--arrivals", type=_between(1, 100_000), default=1_500, help="How many people begin to look a day (1500)."
        )
        parser.add_argument(
            "--therapists", type=_between(1, 1_000_000), help="Draw a register of this size instead of the loaded one."
        )
        parser.add_argument("--start", type=datetime.date.fromisoformat, help="The first day, YYYY-MM-DD (today).")
        parser.add_argument("--json", type=Path, help="Write the figures to this file too.")

    def handle(self, **options: Any) -> None:
        seed, days = options["seed"], options["days"]
        start = options["start"] or clock.today()
        supply, weights = self._supply(options["therapists"], seed, start)
        process = Process(arrivals=float(options["arrivals"]))
        simulation = Simulation(supply, Demand(supply.book, supplies.areas(), seed), weights, process, seed)
        began = clock.now()
        month = simulation.run(start, days, self._tell)
        seconds = (clock.now() - began).total_seconds()
        asked = {
            "register": supply.source,
            "therapists": supply.therapists,
            "days": days,
            "start": start.isoformat(),
            "arrivals a day": options["arrivals"],
            "seed": seed,
        }
        found = figures(month)
        self.stdout.write(", ".join(f"{name}: {value}" for name, value in asked.items()))
        for line in text(found):
            self.stdout.write(line)
        self.stdout.write(f"Took {seconds:.0f} s.")
        if options["json"]:
            options["json"].write_text(json.dumps({"asked": asked, **found}, indent=2) + "\n")

    def _supply(self, size: int | None, seed: int, start: datetime.date) -> tuple[supplies.Supply, Mapping[str, int]]:
        noon = datetime.datetime.combine(start, datetime.time(12), LONDON)
        loaded, occupied = supplies.from_database()
        if not loaded.book.masks["modality"]:
            raise CommandError("There is no reference data: run load_reference first.")
        supply = loaded
        if size is not None:
            supply, occupied = supplies.synthetic(size, supplies.areas(), loaded.book, seed, noon)
        if not supply.therapists:
            raise CommandError("The register is empty: load one, or ask for a made-up one with --therapists.")
        supplies.keep_confirming(supply, noon)
        free_from = releases(np.random.default_rng(seed), len(occupied), microseconds(noon), Process.therapy_days)
        supplies.add_occupied(supply, occupied, free_from)
        in_force = WeightSet.objects.values_list("weights", flat=True).first()
        return supply, in_force or EVIDENCE

    def _tell(self, over: int, days: int) -> None:
        if sys.stderr.isatty():
            done, last = BAR * over // days, "\n" if over == days else ""
            sys.stderr.write(f"\r[{'#' * done}{'.' * (BAR - done)}] day {over} of {days}{last}")
            sys.stderr.flush()


def _between(least: int, most: int) -> Any:
    def whole(text_: str) -> int:
        try:
            number = int(text_)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text_!r} is no whole number") from None
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{number} is not between {least:,} and {most:,}")
        return number

    return whole
