"""What being current costs: `python -m benchmarks.freshness [THERAPISTS]` (default 70000).

The question before each ranking, one committed change until it can be ranked, a thousand, everybody; and what the notes
of changes cost those who write, with the triggers on and off in turn.
"""

import gc
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks import scratch

QUESTIONS = 2_000
CHANGES = 300
READINGS = 5
WRITTEN = 2_000
ROUNDS = 3


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def say(what: str, seconds: list[float]) -> None:
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    print(f"{what:58} {p50:10.3f} {p95:10.3f}")


def reading(ids: list[int]) -> None:
    """Print what a process pays to be current."""
    from matching.snapshot import read_everybody
    from matching.store import Store
    from therapists.models import Therapist

    store = Store()
    first = [timed(lambda: Store().current()) for _ in range(READINGS)]
    read = [timed(read_everybody) for _ in range(READINGS)]
    store.current()
    gc.disable()
    questions = [timed(store.current) for _ in range(QUESTIONS)]
    for_one, commits, for_many = [], [], []
    for step, pk in enumerate(ids[:: max(1, len(ids) // CHANGES)][:CHANGES]):
        commits.append(timed(partial(Therapist.objects.filter(pk=pk).update, paused=step % 2 == 0)))
        for_one.append(timed(store.current))
    for step in range(READINGS):
        Therapist.objects.filter(pk__in=ids[step * 1_000 : step * 1_000 + 1_000]).update(fee_pence=4_000 + step)
        for_many.append(timed(store.current))
    gc.enable()
    print(f"{'':58} {'p50 ms':>10} {'p95 ms':>10}")
    say("the question, nothing new", questions)
    say("one change visible, on top of its commit", for_one)
    say("  (the commit itself, an UPDATE through the ORM)", commits)
    say("1,000 changes caught up with", for_many)
    say("everybody read from the tables, in one statement", read)
    say("everybody read and arranged: a process's first question", first)


def writing() -> None:
    """Print what the notes cost those who write: registrations in batches as an import does, and one at a time."""
    from django.db import connection, transaction

    from therapists.models import Registration

    rows = list(Registration.objects.exclude(therapist=None).order_by("pk")[:WRITTEN])

    def batches() -> None:
        with transaction.atomic():
            Registration.objects.bulk_update(rows, ["town"], batch_size=500)

    def one_by_one() -> None:
        for row in rows[: WRITTEN // 4]:
            Registration.objects.filter(pk=row.pk).update(town=row.town)

    for what, work, count in (("in batches of 500", batches, WRITTEN), ("one at a time", one_by_one, WRITTEN // 4)):
        rates: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
        for _ in range(ROUNDS):
            for switch, found in rates.items():
                with connection.cursor() as cursor:
                    cursor.execute(f"ALTER TABLE therapists_registration {switch} TRIGGER note_changed")
                found.append(count / timed(work))
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE therapists_registration ENABLE TRIGGER note_changed")
        noted, not_noted = (float(np.median(rates[switch])) for switch in ("ENABLE", "DISABLE"))
        print(f"registrations written {what}: {noted:,.0f} rows/s with notes of changes, {not_noted:,.0f} without")


def measure(therapists: int) -> None:
    with scratch.register_of(therapists):
        from therapists.models import Therapist

        ids = list(Therapist.objects.order_by("pk").values_list("pk", flat=True))
        print(f"\nbeing current, {len(ids):,} therapists")
        reading(ids)
        writing()


def main() -> None:
    scratch.setup()
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 70_000)


if __name__ == "__main__":
    main()
