"""How long the night's forecast of waits takes: `python -m benchmarks.waits [THERAPISTS]` (default 70000).

Every place of the made-up register is given two years of people who had it, far more than the demonstration has; all
of it is rolled back.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import scratch


def fill_history() -> int:
    """Replace all claims by two years of turns in every place; return how many."""
    from django.db import connection

    from core import clock
    from core.copy import copy_rows, without_triggers
    from therapists.demo.rows import CLAIM
    from therapists.demo.turnover import past_claims
    from therapists.models import Place, PlaceClaim

    with without_triggers():
        PlaceClaim.objects.all()._raw_delete(PlaceClaim.objects.db)
        places = Place.objects.order_by("pk").values_list("pk", "therapist_id")
        used = [(pk, therapist, pk % 3 > 0) for pk, therapist in places.iterator(20_000)]
        count = copy_rows(PlaceClaim, CLAIM, past_claims(used, now=clock.now(), seed=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE therapists_placeclaim")
    return count


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def forget_peak() -> float:
    """Begin counting the highest use of memory anew; return the use now in MB. Linux only."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_mb()


def peak_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from core import clock
    from core.actors import system
    from matching.forecast import forecast
    from matching.services.forecast import waits_forecast
    from matching.turns import history_at

    print(f"{fill_history():,} claims")
    before = forget_peak()
    start = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        whole, run = timed(lambda: waits_forecast(actor=system("bench"), again=True))
    own = time.process_time() - start
    more = peak_mb() - before
    reading, (history, _) = timed(lambda: history_at(clock.now()))
    working, _ = timed(lambda: forecast(history))
    print(f"{run.forecasts:,} forecasts from {run.turns:,} turns, {run.cases:,} waits compared")
    print(f"the night's work {whole:.1f} s ({own:.1f} s of this process), {len(queries)} queries, {more:,.0f} MB more")
    print(f"again: reading {reading:.1f} s, working out {working:.1f} s; the rest is writing")


def main(therapists: int = 70_000) -> None:
    scratch.setup()
    from django.db import transaction

    with scratch.register_of(therapists), transaction.atomic():
        measure()
        transaction.set_rollback(True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 70_000)
