from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.models import MatchRun
from matching.selectors.runs import match_run_repeat


class Command(BaseCommand):
    help = "Repeat a recorded list: the same, or exactly why not. Ends with an error when it cannot be repeated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, help="the number of the list, as the coordinator's page names it")

    def handle(self, *args: Any, **options: Any) -> None:
        run = MatchRun.objects.select_related("weight_set", "preferences").filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no list {options['run']}.")
        repeat = match_run_repeat(run)
        weights = run.weight_set
        self.stdout.write(
            f"List {run.pk} of {run.as_of:%Y-%m-%d %H:%M:%S %Z}: {run.eligible:,} fitted; engine {run.engine_version}, "
            f"weights {weights.pk} ({weights.preset}), register {run.register_version}."
        )
        for place, line in enumerate(repeat.lines, start=run.offset + 1):
            changed = "not recorded" if line.changed is None else ", ".join(line.changed) or "nothing"
            self.stdout.write(
                f"{place:4} therapist {line.therapist_id}, group {line.group}; now: {line.now}; changed: {changed}"
            )
        if repeat.same:
            self.stdout.write("Asked again, the whole list is exactly the same.")
            return
        for cause in repeat.causes:
            self.stdout.write(f"- {cause}")
        if not repeat.follows:
            raise CommandError("This list cannot be repeated.")
        self.stdout.write("The first of the list follow from what was recorded; asked again, the whole may differ.")
