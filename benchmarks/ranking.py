"""How fast the list is made: `python -m benchmarks.ranking [THERAPISTS ...]` (default 7000 70000; 700000 on request).

Every engine answers the same statements in the same run, in an order drawn anew for each, and the answers are compared.
"""

import gc
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

from benchmarks import register, scratch
from benchmarks.figures import Timings, p50, p95, paired, slope, slow_ends, table

STATEMENTS = 300
# Of a register too large for every statement to be asked in a few minutes.
FEWER = 120
WARM = 30
SEED = 7
# What takes long answers some of the statements: one in so many. The loop over objects takes seconds for each.
ONE_IN = {"normalised PostgreSQL": 10, "Django ORM and a loop": 50}
LOOP_UP_TO = 10_000
NORMALISED_UP_TO = 100_000

ALONE, FRESH, CHECKED, EXPLAINED = (
    "columns alone",
    "columns, fresh",
    "columns, fresh, the 20 checked again",
    "columns, fresh, the 20 explained in words",
)
TUNED, NORMALISED, LOOP = "tuned PostgreSQL", "normalised PostgreSQL", "Django ORM and a loop"
# Those who break ties otherwise: as good a list, with others among equals.
OWN_TIES = (TUNED, NORMALISED, "DuckDB")

Answer = tuple[int, list[tuple[int, int, int]]]
Engine = Callable[[Any], Answer]


def measure(therapists: int) -> Timings:
    with scratch.register_of(therapists):
        from benchmarks.demand import KINDS, demand_from_database
        from core import clock

        told = register.measure()
        as_of = clock.now()
        engines = {**peers(as_of, therapists), **ours(as_of)}
        demand = demand_from_database()
        asked = STATEMENTS if therapists <= NORMALISED_UP_TO else FEWER
        statements = [demand.statement(KINDS[n % len(KINDS)]) for n in range(asked)]
        warm(engines, statements, [demand.statement(KINDS[n % len(KINDS)]) for n in range(WARM)])
        # Checking again means the same moment as ranking did.
        with clock.frozen(as_of):
            timings = run(engines, statements, Random(1))
            report(therapists, timings)
            by_kind(timings, KINDS)
            in_a_row(engines, statements)
        moving(statements, as_of)
        widening(statements, as_of)
        print(told)
        return timings


def ours(as_of: Any) -> dict[str, Engine]:
    """Return what the product does, alone and with what a page adds to it."""
    from matching.cards import waits_now
    from matching.engine.explain import shown_of
    from matching.engine.rank import Ranked, rank
    from matching.rows import rows_of
    from matching.store import Store, store
    from matching.weights import EVIDENCE

    kept = Store()
    lens = kept.current().lens
    store.current()

    def answer(ranked: Ranked) -> Answer:
        columns = (ranked.ids, ranked.bands, ranked.weeks)
        return ranked.eligible, list(zip(*(column.tolist() for column in columns), strict=True))

    def checked(stated: Any) -> Answer:
        found = answer(rank(stated, store.current().lens, EVIDENCE, SEED, as_of))
        waits_now([row[0] for row in found[1]])
        return found

    def explained(stated: Any) -> Answer:
        ranked = rank(stated, store.current().lens, EVIDENCE, SEED, as_of)
        for row in rows_of(shown_of(ranked)):
            _ = [reason.words for reason in row.reasons]
        return answer(ranked)

    return {
        ALONE: lambda stated: answer(rank(stated, lens, EVIDENCE, SEED, as_of)),
        FRESH: lambda stated: answer(rank(stated, store.current().lens, EVIDENCE, SEED, as_of)),
        CHECKED: checked,
        EXPLAINED: explained,
    }


def peers(as_of: Any, therapists: int) -> dict[str, Engine]:
    """Return the other ways, each with a connection and with settings of its own."""
    from benchmarks.peers import duck, flat, frames, normalised_sql, orm_loop, tuned_sql

    scratch.find_peers()
    tuned_connection = scratch.connect()
    tuned_cursor = tuned_connection.cursor()
    flat.prepare(tuned_cursor, as_of)
    bits = flat.bits()
    tuned = tuned_sql.Tuned(tuned_cursor, bits, therapists=therapists)
    with scratch.exported(tuned_cursor, flat.TABLE, flat.COLUMNS) as csv:
        duckdb, polars = duck.Duck(csv, bits), frames.Frames(csv, bits)
    found: dict[str, Engine] = {
        TUNED: lambda stated: tuned.ask(stated, SEED, as_of),
        "DuckDB": lambda stated: duckdb.ask(stated, SEED, as_of),
        "Polars": lambda stated: polars.ask(stated, SEED, as_of),
    }
    if therapists <= NORMALISED_UP_TO:
        cursor = scratch.connect().cursor()
        normalised_sql.prepare(cursor)
        found[NORMALISED] = lambda stated: normalised_sql.ask(cursor, stated, SEED, as_of)
    if therapists <= LOOP_UP_TO:
        orm_loop.prepare()
        found[LOOP] = lambda stated: orm_loop.rank(stated, SEED, as_of)
    return found


def warm(engines: dict[str, Engine], statements: list[Any], others: list[Any]) -> None:
    """Prepare every query of the tuned peer, and let each engine answer statements that are not measured."""
    for stated in statements:
        engines[TUNED](stated)
    for stated in others:
        for name in set(engines) - set(ONE_IN):
            engines[name](stated)


def run(engines: dict[str, Engine], statements: list[Any], random: Random) -> Timings:
    """Time every engine on its statements, interleaved. Raises AssertionError when two disagree."""
    timings: Timings = {name: {} for name in engines}
    gc.collect()
    gc.disable()
    for number, stated in enumerate(statements):
        asked = [name for name in engines if not number // 3 % ONE_IN.get(name, 1)]
        answers = {}
        for name in random.sample(asked, len(asked)):
            started = time.perf_counter()
            answers[name] = engines[name](stated)
            timings[name][number] = time.perf_counter() - started
        compare(answers, stated)
    gc.enable()
    return timings


def compare(answers: dict[str, Answer], stated: Any) -> None:
    """As many fit, bands and waits of the first twenty are the same; where ties are broken alike, the list is too."""
    eligible, rows = answers[ALONE]
    for name, (fit, found) in answers.items():
        same = fit == eligible and [row[1:] for row in found] == [row[1:] for row in rows]
        if not same or (name not in OWN_TIES and found != rows):
            raise AssertionError(f"{name} and {ALONE} disagree: {fit} and {eligible} fit\n{stated}")


def report(therapists: int, timings: Timings) -> None:
    peer = timings[TUNED]
    rows = [
        [
            name,
            f"{p50(seconds) * 1000:,.2f}",
            f"{p95(seconds) * 1000:,.2f}",
            f"{paired(seconds, peer):.3g} x",
            f"{slow_ends(seconds, peer):.3g} x",
            f"{paired(seconds, timings[NORMALISED]):.3g} x" if NORMALISED in timings else "",
        ]
        for name, seconds in sorted(timings.items(), key=lambda item: p50(item[1]))
    ]
    head = ["engine", "p50 ms", "p95 ms", "tuned takes, paired", "tuned's p95 takes", "normalised takes, paired"]
    print(f"\n{therapists:,} therapists, {len(peer)} statements\n\n{table(head, rows)}")


def by_kind(timings: Timings, kinds: tuple[str, ...]) -> None:
    names = (ALONE, FRESH, TUNED)
    rows = []
    for number, kind in enumerate(kinds):
        mine = {name: {n: s for n, s in timings[name].items() if n % len(kinds) == number} for name in names}
        rows.append([kind, *(f"{p50(mine[n]) * 1000:.2f} / {p95(mine[n]) * 1000:.2f}" for n in names)])
    print(f"\nBy kind of statement, p50 / p95 ms\n\n{table(['kind', *names], rows)}")


def in_a_row(engines: dict[str, Engine], statements: list[Any]) -> None:
    """Let each engine answer every statement with no other between, so that what it needs is still in the caches."""
    rows = []
    for name in (ALONE, FRESH, CHECKED, EXPLAINED, TUNED):
        seconds = {}
        for number, stated in enumerate(statements):
            started = time.perf_counter()
            engines[name](stated)
            seconds[number] = time.perf_counter() - started
        rows.append([name, f"{p50(seconds) * 1000:.2f}", f"{p95(seconds) * 1000:.2f}"])
    print(f"\nEach engine by itself, one statement after the other\n\n{table(['engine', 'p50 ms', 'p95 ms'], rows)}")


def moving(statements: list[Any], as_of: Any) -> None:
    """Ask at moments twenty seconds apart: in a national register something changes by time alone in between."""
    import datetime

    from matching.engine.rank import rank
    from matching.store import Store
    from matching.weights import EVIDENCE

    lens = Store().current().lens
    seconds = {}
    for number, stated in enumerate(statements[:150]):
        moment = as_of + datetime.timedelta(seconds=20 * number)
        started = time.perf_counter()
        rank(stated, lens, EVIDENCE, SEED, moment)
        seconds[number] = time.perf_counter() - started
    ends = f"p50 {p50(seconds) * 1000:.2f}, p95 {p95(seconds) * 1000:.2f} ms"
    print(f"\nColumns alone, the clock 20 s further each time: {ends}")


def widening(statements: list[Any], as_of: Any) -> None:
    """Ask what every need costs and brings, beside ranking the same statement without a limit to the distance."""
    from dataclasses import replace

    from matching.engine.rank import rank
    from matching.engine.widen import widen
    from matching.store import Store
    from matching.weights import EVIDENCE

    lens, random = Store().current().lens, Random(3)
    ranks: dict[int, float] = {}
    widens: dict[int, float] = {}
    for number, stated in enumerate(statements):
        ranked = rank(stated, lens, EVIDENCE, SEED, as_of)
        unlimited = replace(stated, distance_must=False, miles=None)
        ways: list[tuple[dict[int, float], Callable[[], Any]]] = [
            (ranks, lambda stated=unlimited: rank(stated, lens, EVIDENCE, SEED, as_of)),
            (widens, lambda ranked=ranked: widen(ranked.plan, ranked.view)),
        ]
        for seconds, work in random.sample(ways, len(ways)):
            started = time.perf_counter()
            work()
            seconds[number] = time.perf_counter() - started
    print(
        f"\nCosts and gains of every need: p50 {p50(widens) * 1000:.2f}, p95 {p95(widens) * 1000:.2f} ms; "
        f"{paired(ranks, widens):.2f} x a ranking without a distance limit, paired; "
        f"{slow_ends(ranks, widens):.2f} x at p95"
    )


def curve(measured: dict[int, Timings]) -> None:
    sizes = sorted(measured)
    names = [name for name in measured[sizes[0]] if all(name in measured[size] for size in sizes)]
    rows = []
    for name in names:
        seconds = [p50(measured[size][name]) for size in sizes]
        rows.append([name, *(f"{one * 1000:.2f}" for one in seconds), f"{slope(sizes, seconds):.2f}"])
    print(f"\nCost curve, p50 ms\n\n{table(['engine', *(f'{size:,}' for size in sizes), 'slope'], rows)}")


def main() -> None:
    scratch.setup()
    measured = {int(size): measure(int(size)) for size in sys.argv[1:] or ["7000", "70000"]}
    if len(measured) > 1:
        curve(measured)


if __name__ == "__main__":
    main()
