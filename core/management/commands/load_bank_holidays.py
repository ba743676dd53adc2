"""Load the official file of bank holidays, so that deadlines do not fall on one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import system
from core.bank_holidays import WrongFile, bank_holidays_load, known_until
from core.choices import Nation


class Command(BaseCommand):
    help = (
        "Load bank holidays of England, Wales, Scotland and Northern Ireland from the JSON file that gov.uk publishes. "
        "Days that are here already stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument(
            "--remove", action="store_true", help="delete days of the file's years that the file does not have"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = bank_holidays_load(
                path=options["path"],
                actor=system("load_bank_holidays"),
                dry_run=options["dry_run"],
                remove=options["remove"],
            )
        except (WrongFile, OSError) as error:
            raise CommandError(str(error)) from error
        said = "nothing is written; it would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{report.events} events: {said}{report.added} days added, {report.kept} kept, {report.removed} removed, "
            f"{len(report.problems)} problems"
        )
        for problem in report.problems:
            self.stderr.write(problem)
        for day in report.missing:
            self.stderr.write(f"here, and not in the file: {day}")
        for nation in Nation:
            self.stdout.write(f"{nation.label}: known until {known_until(nation):%Y-%m-%d}")
