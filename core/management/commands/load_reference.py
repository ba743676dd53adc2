"""Load every app's reference data: safe to run at each deployment."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.reference.services import reference_load


class Command(BaseCommand):
    help = "Add missing reference data. Rows that exist are left as administrators have them, unless --overwrite."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--overwrite", action="store_true", help="bring existing rows back to the files' values")
        parser.add_argument("--only", action="append", metavar="NAME", help="run this loader only (repeatable)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for name, result in reference_load(overwrite=options["overwrite"], only=options["only"]):
                self.stdout.write(f"{name}: {result.created} added, {result.changed} changed, {result.kept} kept")
        except LookupError as error:
            raise CommandError(str(error)) from error
