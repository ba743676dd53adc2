"""Read what mail servers report about messages of ours: from standard input, or from a Maildir."""

import os
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from core.actors import system
from notifications import bounces
from notifications.services import UnknownMessage, report_record

LONGEST = 20_000_000
# sysexits.h EX_TEMPFAIL: the mail server keeps the report and hands it over again.
TRY_AGAIN = 75
# The flag of a file in a Maildir that a person should look at.
SEEN_AND_KEPT = ":2,F"


class Command(BaseCommand):
    help = (
        "Read delivery status notifications (RFC 3464): one from standard input, or all in a Maildir. What is "
        "understood is deleted from the Maildir; anything else is named, flagged, kept, and not read again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--maildir", type=Path, metavar="PATH", help="a folder with new/ and cur/")

    def handle(self, *args: Any, **options: Any) -> None:
        self.counts: Counter[str] = Counter()
        try:
            if options["maildir"] is None:
                self._read(sys.stdin.buffer.read(LONGEST), "standard input")
            else:
                self._read_folder(options["maildir"])
        except OperationalError as error:
            self.stderr.write(f"the database cannot be reached ({type(error).__name__})")
            sys.exit(TRY_AGAIN)
        counted = ", ".join(f"{self.counts[what]} {what}" for what in ("bounced", "no news", "not understood"))
        self.stdout.write(f"{self.counts.total()} read: {counted}")

    def _read_folder(self, folder: Path) -> None:
        if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
            raise CommandError(f"{folder} is no Maildir")
        files = [*(folder / "new").iterdir(), *(folder / "cur").iterdir()]
        waiting = sorted(file for file in files if "F" not in file.name.partition(":2,")[2])
        for number, file in enumerate(waiting, start=1):
            with file.open("rb") as opened:
                raw = opened.read(LONGEST)
            if self._read(raw, f"message {number} ({file.name})"):
                file.unlink(missing_ok=True)
            else:
                os.replace(file, folder / "cur" / (file.name.partition(":2,")[0] + SEEN_AND_KEPT))

    def _read(self, raw: bytes, where: str) -> bool:
        """Record one report. Returns False when a person should look at it."""
        try:
            bounced = report_record(report=bounces.read(raw), actor=system("read_bounces"))
        except bounces.NotReadable as problem:
            return self._not_understood(where, str(problem))
        except UnknownMessage:
            return self._not_understood(where, "no message of ours has that Message-ID")
        self.counts["bounced" if bounced else "no news"] += 1
        return True

    def _not_understood(self, where: str, why: str) -> bool:
        self.counts["not understood"] += 1
        self.stderr.write(f"{where}: {why}")
        return False
