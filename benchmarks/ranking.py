"""How fast the list is made: `python -m benchmarks.ranking [THERAPISTS ...]` (default 7000 70000).

Every engine answers the same statements in the same run, in an order drawn anew for each, and the answers are compared.
"""

import gc
import sys
import time
from collections.abc import Callable
from random import Random
from statistics import median
from typing import Any

import numpy as np

from benchmarks import scratch

STATEMENTS = 120
# The loop over objects takes seconds for each: a few statements tell enough, and only on the small register.
LOOPED = 6
LOOP_UP_TO = 10_000

Answer = tuple[int, list[tuple[int, int]]]
Timings = dict[str, list[float]]


def measure(therapists: int) -> None:
    with scratch.register_of(therapists):
        from django.db import connection

        from benchmarks.demand import KINDS, demand_from_database
        from benchmarks.peers import orm_loop, tuned_sql
        from core import clock
        from matching.engine.rank import rank
        from matching.snapshot import read_register
        from matching.store import Store
        from matching.weights import EVIDENCE

        store, seed, as_of = Store(), 7, clock.now()
        started = time.perf_counter()
        read_register()
        read = time.perf_counter() - started
        lens = store.current().lens
        orm_loop.prepare()
        cursor = connection.cursor()
        tuned_sql.prepare(cursor, lens, as_of)

        def numpy_alone(stated: Any) -> Answer:
            ranked = rank(stated, lens, EVIDENCE, seed, as_of)
            return ranked.eligible, list(zip(ranked.ids.tolist(), ranked.bands.tolist(), strict=True))

        def numpy_fresh(stated: Any) -> Answer:
            ranked = rank(stated, store.current().lens, EVIDENCE, seed, as_of)
            return ranked.eligible, list(zip(ranked.ids.tolist(), ranked.bands.tolist(), strict=True))

        engines: dict[str, Callable[[Any], Answer]] = {
            "NumPy columns": numpy_alone,
            "NumPy columns, fresh": numpy_fresh,
            "tuned PostgreSQL": lambda stated: tuned_sql.ask(cursor, stated, lens, seed, as_of),
        }
        demand = demand_from_database()
        statements = [demand.statement(KINDS[n % len(KINDS)]) for n in range(STATEMENTS)]
        timings = run(engines, statements, Random(1))
        if therapists <= LOOP_UP_TO:
            loop = {
                "NumPy columns, fresh": numpy_fresh,
                "Django ORM and a loop": lambda s: orm_loop.rank(s, seed, as_of),
            }
            few = run(loop, statements[:LOOPED], Random(2))
            timings["Django ORM and a loop"] = few["Django ORM and a loop"]
        report(therapists, read, timings)


def run(engines: dict[str, Callable[[Any], Answer]], statements: list[Any], random: Random) -> Timings:
    """Time every engine on every statement, interleaved. Raises AssertionError when two disagree."""
    timings: Timings = {name: [] for name in engines}
    for answer in engines.values():
        # Warm: plans, caches and the view of the moment.
        answer(statements[0])
    gc.disable()
    for stated in statements:
        answers = {}
        for name in random.sample(list(engines), len(engines)):
            started = time.perf_counter()
            answers[name] = engines[name](stated)
            timings[name].append(time.perf_counter() - started)
        compare(answers, stated)
    gc.enable()
    return timings


def compare(answers: dict[str, Answer], stated: Any) -> None:
    """As many fit, and the bands of the first twenty are the same; where ties are broken alike, the list is too."""
    first, *others = answers.items()
    for name, (eligible, rows) in others:
        expected = first[1]
        same = eligible == expected[0] and [band for _, band in rows] == [band for _, band in expected[1]]
        if "PostgreSQL" not in name and "PostgreSQL" not in first[0]:
            same = same and rows == expected[1]
        if not same:
            raise AssertionError(f"{name} and {first[0]} disagree: {eligible} and {expected[0]} fit\n{stated}")


def report(therapists: int, read: float, timings: Timings) -> None:
    print(f"\n{therapists:,} therapists; columns read from the tables in {read:.2f} s")
    print(f"{'engine':26} {'p50 ms':>9} {'p95 ms':>9} {'tuned PostgreSQL takes':>23}")
    peer = timings["tuned PostgreSQL"]
    for name, seconds in timings.items():
        p50, p95 = np.percentile(seconds, [50, 95]) * 1000
        paired = median(theirs / ours for ours, theirs in zip(seconds, peer, strict=False))
        print(f"{name:26} {p50:9.2f} {p95:9.2f} {paired:20.2f} x")


def main() -> None:
    scratch.setup()
    for size in sys.argv[1:] or ["7000", "70000"]:
        measure(int(size))


if __name__ == "__main__":
    main()
