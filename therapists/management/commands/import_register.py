"""Read a register's file. Its columns are described in docs/import-register.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.actors import system
from therapists.models import Register
from therapists.services.imports.run import MAX_LAPSED_SHARE, ImportRefused, Outcome, import_register

STAGES = {"read": "reading", "write": "writing"}


class Command(BaseCommand):
    help = "Bring a register's registrations up to a CSV file of it. Good rows go in; bad ones are listed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV file: UTF-8 or Windows-1252; comma, semicolon or tab")
        parser.add_argument("--register", required=True, metavar="CODE", help="the register's code, such as BACP")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--full", action="store_true", help="the file names everybody: absent people lapse")
        parser.add_argument("--force", action="store_true", help="go on although many people would lapse")
        parser.add_argument(
            "--max-lapsed-share",
            type=float,
            default=MAX_LAPSED_SHARE,
            metavar="SHARE",
            help=f"with --full, the share of active people who may lapse without --force ({MAX_LAPSED_SHARE})",
        )
        parser.add_argument("--show", type=int, default=50, metavar="N", help="print the first N problems (50)")

    def handle(self, *args: Any, **options: Any) -> None:
        share = options["max_lapsed_share"]
        if not 0 <= share <= 1:
            raise CommandError("--max-lapsed-share must lie between 0 and 1.")
        register = _register(options["register"])
        path = Path(options["file"])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        with tqdm(unit=" rows", disable=None) as bar:
            try:
                outcome = import_register(
                    data=data,
                    register=register,
                    file_name=path.name,
                    actor=system("import_register"),
                    full=options["full"],
                    force=options["force"],
                    dry_run=options["dry_run"],
                    max_lapsed_share=share,
                    progress=lambda stage, done, total: _show(bar, stage, done, total),
                )
            except ImportRefused as error:
                raise CommandError(str(error)) from error
        self._report(outcome, options["show"])

    def _report(self, outcome: Outcome, show: int) -> None:
        for problem in outcome.problems[:show]:
            column = f", {problem.column}" if problem.column else ""
            value = f" “{problem.value}”" if problem.value else ""
            self.stdout.write(f"row {problem.row}{column}:{value} {problem.problem}")
        if len(outcome.problems) > show:
            self.stdout.write(f"and {len(outcome.problems) - show} more problems")
        did = "Would have" if outcome.run is None else "Done:"
        self.stdout.write(
            f"{did} read {outcome.rows} rows: {outcome.created} created, {outcome.changed} changed, "
            f"{outcome.unchanged} unchanged, {outcome.lapsed} lapsed, {outcome.refused} refused; "
            f"{outcome.pairs} people may stand on another register too."
        )


def _register(code: str) -> Register:
    try:
        return Register.objects.get(code__iexact=code, active=True)
    except Register.DoesNotExist:
        codes = ", ".join(Register.objects.filter(active=True).order_by("code").values_list("code", flat=True))
        raise CommandError(
            f"There is no register “{code}”. There are: {codes or 'none; run load_reference'}."
        ) from None


def _show(bar: tqdm, stage: str, done: int, total: int) -> None:
    if bar.disable:
        return
    if bar.desc != STAGES[stage]:
        bar.reset(total=total or None)
        bar.set_description_str(STAGES[stage], refresh=False)
    bar.n = done
    bar.refresh()
