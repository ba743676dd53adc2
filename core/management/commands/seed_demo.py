import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core import demo


class Command(BaseCommand):
    help = "Fill an empty database with a believable register, the demonstration's cast and some referrals in flight."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--therapists", type=int, default=70_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        plan = demo.Plan(therapists=options["therapists"], seed=options["seed"], tell=self.tell)
        try:
            # All or nothing: a demonstration cut off in the middle is made afresh at the next start.
            with transaction.atomic():
                demo.seed(plan)
        except demo.DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.tell(f"The demonstration is ready ({time.monotonic() - started:.0f} s).")

    def tell(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
