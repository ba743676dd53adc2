"""Load official postcode positions, so that distances need no "about"."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.actors import system
from core.geo_files import WrongFile, rows_of
from core.geo_load import LoadReport, files_of, postcodes_load

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Load positions of postcodes, sectors or outcodes from OS Code-Point Open, the ONS Postcode Directory, "
        "or a CSV with postcode|sector|outcode and easting/northing or latitude/longitude. PATH: a file or a folder."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--source", default="", help="what the file is, with its date; shown to administrators")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            total = sum(sum(1 for _ in rows_of(file)) for file in files_of(path))
            # No bar where nobody watches (disable=None asks the terminal).
            with tqdm(total=total, unit=" rows", disable=None) as bar:
                report = postcodes_load(
                    path=path,
                    actor=system("load_postcodes"),
                    source=options["source"] or path.name,
                    tick=bar.update,
                )
        except (WrongFile, OSError) as error:
            raise CommandError(str(error)) from error
        self._print(report)

    def _print(self, report: LoadReport) -> None:
        self.stdout.write(
            f"{report.rows} rows: {report.added} places added, {report.changed} changed, {report.unchanged} unchanged "
            f"({report.derived} of them derived from postcodes), {report.without_position} rows ended or without "
            f"position, {report.refused} refused"
        )
        for file, line, column, value, problem in report.problems[:SHOWN]:
            self.stderr.write(f"{file} line {line}, {column} {value!r}: {problem}")
        if report.refused > SHOWN:
            self.stderr.write(f"and {report.refused - SHOWN} more")
