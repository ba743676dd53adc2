"""How fast freed places are given out: `python -m benchmarks.allocation [CLIENTS THERAPISTS]` (default 100000 70000).

First from rows of the database to the answer, day, time and format of places included; then beside the PyPI library
`matching`, which knows none of those, from the same dictionaries to the same dictionaries.
"""

import gc
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import numpy as np

from benchmarks import scratch

RUNS = 20
# The library takes seconds for each.
LIKE_FOR_LIKE_RUNS = 5
SMALL = (10_000, 2_000)
CHOICES = 10
PEERS = Path(__file__).resolve().parent.parent / ".venv" / "peers"

# The database counts microseconds from 2000.
_EPOCH = 946_684_800_000_000
_HEADER, _TRAILER = 19, 2

Dictionaries = tuple[dict[Any, list[Any]], dict[Any, list[Any]], dict[Any, int]]

_TABLES = """
CREATE TEMP TABLE bench_referral (
    id bigint PRIMARY KEY, priority smallint NOT NULL, queue_from timestamptz NOT NULL,
    hours integer NOT NULL, formats bigint NOT NULL);
CREATE TEMP TABLE bench_entry (
    id bigserial PRIMARY KEY, referral_id bigint NOT NULL, therapist_id bigint NOT NULL, rank smallint NOT NULL);
CREATE TEMP TABLE bench_place (
    id bigserial PRIMARY KEY, therapist_id bigint NOT NULL, day smallint, "time" time, format_bit smallint);
"""

# A list of up to ten therapists each, some wanted far more than others; one client in a hundred is put forward.
# `t * 0`: without naming t, PostgreSQL would draw once for all therapists.
_ROWS = """
SELECT setseed(0.5);
INSERT INTO bench_referral
SELECT c, CASE WHEN random() < 0.01 THEN -1 ELSE 0 END, '2026-01-01+00'::timestamptz + random() * interval '300 days',
    CASE WHEN random() < 0.5 THEN 2097151 ELSE floor(1 + random() * 2097150)::int END,
    CASE WHEN random() < 0.6 THEN 7 ELSE floor(1 + random() * 6)::int END
FROM generate_series(1, {clients}) c;
INSERT INTO bench_entry (referral_id, therapist_id, rank)
SELECT c, therapist, row_number() OVER (PARTITION BY c ORDER BY random())
FROM (SELECT DISTINCT c, 1 + floor({therapists} * power(random(), 1.5))::bigint AS therapist
      FROM (SELECT c, 1 + floor(random() * {choices})::int AS many FROM generate_series(1, {clients}) c) one
      CROSS JOIN LATERAL generate_series(1, many)) drawn
ORDER BY random();
INSERT INTO bench_place (therapist_id, day, "time", format_bit)
SELECT t, CASE WHEN fixed THEN floor(random() * 7) END,
    CASE WHEN fixed THEN make_time(9 + floor(random() * 10)::int, 0, 0) END,
    CASE WHEN random() < 0.2 THEN floor(random() * 3) END
FROM (SELECT t, random() < 0.4 AS fixed FROM generate_series(1, {therapists}) t
      CROSS JOIN LATERAL generate_series(1, 1 + floor(random() * 1.6)::int + t * 0)) drawn;
ANALYZE bench_referral, bench_entry, bench_place;
"""

_REFERRALS = "SELECT id, priority, queue_from, hours, formats FROM bench_referral ORDER BY id"
_ENTRIES = "SELECT id, referral_id, therapist_id, rank FROM bench_entry"
_PLACES = """
SELECT id, therapist_id,
    CASE WHEN day IS NULL THEN 2097151
         ELSE 1 << (day * 3 + CASE WHEN "time" < '12:00' THEN 0 WHEN "time" < '17:00' THEN 1 ELSE 2 END) END,
    CASE WHEN format_bit IS NULL THEN -1 ELSE 1::bigint << format_bit END
FROM bench_place
"""


def copied(cursor: Any, query: str, **columns: str) -> Any:
    """Return a query's rows as a structured array. `columns`: name and big-endian type of each, none of them null."""
    answer = BytesIO()
    cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", answer)
    fields = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"{name}_length", ">i4"), (name, kind)]
    rows = np.frombuffer(answer.getbuffer()[_HEADER:-_TRAILER], np.dtype(fields))
    for name, kind in columns.items():
        if (rows[f"{name}_length"] != np.dtype(kind).itemsize).any():
            raise ValueError(f"{name} is null or of another type")
    return rows


def read_lists(cursor: Any) -> tuple[Any, Any]:
    """Return what waits and what is free, as `allocate` takes it."""
    from matching.allocate import Freed, Waiting

    people = copied(cursor, _REFERRALS, id=">i8", priority=">i2", since=">i8", hours=">i4", formats=">i8")
    entries = copied(cursor, _ENTRIES, id=">i8", client=">i8", therapist=">i8", rank=">i2")
    places = copied(cursor, _PLACES, id=">i8", therapist=">i8", hours=">i4", formats=">i8")
    client = entries["client"].astype(np.int64)
    row = np.searchsorted(people["id"].astype(np.int64), client)
    waiting = Waiting.of(
        id=entries["id"],
        client=client,
        therapist=entries["therapist"],
        rank=entries["rank"],
        priority=people["priority"].astype(np.int64)[row],
        since=(people["since"].astype(np.int64) + _EPOCH)[row],
        hours=people["hours"].astype(np.uint32)[row],
        formats=people["formats"].astype(np.int64)[row],
    )
    return waiting, Freed.of(**{name: places[name] for name in ("id", "therapist", "hours", "formats")})


def from_rows(clients: int, therapists: int) -> None:
    """Measure from rows to the answer, and print it."""
    from django.db import connection

    from matching.allocate import allocate

    timings: dict[str, list[float]] = {"rows to arrays": [], "arrays to answer": [], "rows to answer": []}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(_ROWS.format(clients=clients, therapists=therapists, choices=CHOICES))
        for _ in range(RUNS):
            started = time.perf_counter()
            waiting, freed = read_lists(cursor)
            read = time.perf_counter()
            answer = allocate(waiting, freed)
            done = time.perf_counter()
            for name, seconds in zip(timings, (read - started, done - read, done - started), strict=True):
                timings[name].append(seconds)
        cursor.execute("DROP TABLE bench_referral, bench_entry, bench_place")
    print(f"\n{clients:,} clients with {len(waiting.id):,} entries, {therapists:,} therapists with {len(freed.id):,}")
    print(f"free places of a day, time or format: {len(answer.entries):,} people get one")
    report(timings)


def dictionaries(clients: int, therapists: int, seed: int) -> Dictionaries:
    """Draw what the library takes: whom clients want, whom therapists take first, how many they take."""
    random = Random(seed)
    wants = {f"client {n}": list[str]() for n in range(clients)}
    lists: dict[Any, list[Any]] = {}
    # In the order of one queue, shuffled for each therapist as coordinators would never do: harder than life.
    for client, wanted in wants.items():
        drawn = {int(therapists * random.random() ** 1.5) for _ in range(random.randint(1, CHOICES))}
        for number in random.sample(sorted(drawn), len(drawn)):
            wanted.append(f"therapist {number}")
            lists.setdefault(wanted[-1], []).append(client)
    for taken in lists.values():
        random.shuffle(taken)
    return wants, lists, {therapist: random.choice((1, 1, 2)) for therapist in lists}


def ours(given: Dictionaries) -> dict[Any, list[Any]]:
    """Answer dictionaries with a dictionary: whom each therapist takes, in the order of her list."""
    from matching.allocate import Freed, Waiting, allocate

    wants, lists, capacities = given
    clients, therapists = list(wants), list(lists)
    client_number = {name: n for n, name in enumerate(clients)}
    therapist_number = {name: n for n, name in enumerate(therapists)}
    client, therapist, rank = _pairs(wants, therapist_number)
    listed_at, listed, position = _pairs(lists, client_number)
    order, listed_order = np.lexsort((client, therapist)), np.lexsort((listed, listed_at))
    since = np.empty(len(rank), np.int64)
    since[order] = position[listed_order]
    places = np.repeat(np.arange(len(therapists)), [capacities[name] for name in therapists])
    found = allocate(
        Waiting.of(id=np.arange(len(rank)), client=client, therapist=therapist, rank=rank, since=since),
        Freed.of(id=np.arange(len(places)), therapist=places),
    )
    taken: dict[Any, list[Any]] = {name: [] for name in therapists}
    ordered = found.entries[np.lexsort((since[found.entries], therapist[found.entries]))]
    for who, whose in zip(client[ordered].tolist(), therapist[ordered].tolist(), strict=True):
        taken[therapists[whose]].append(clients[who])
    return taken


def _pairs(lists: dict[Any, list[Any]], number: dict[Any, int]) -> tuple[Any, Any, Any]:
    """Return whose list, who stands on it, and where, as arrays."""
    lengths = np.fromiter(map(len, lists.values()), np.int64, len(lists))
    others = np.fromiter((number[name] for names in lists.values() for name in names), np.int64, int(lengths.sum()))
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(np.arange(len(lists)), lengths), others, np.arange(len(others)) - first


def beside_the_algorithm(library: Any, clients: int, therapists: int) -> None:
    """Measure beside the library's algorithm, its players made of the dictionaries before or with it."""
    game = library.games.hospital_resident
    given = dictionaries(clients, therapists, seed=3)
    alone: list[float] = []

    def theirs(given: Dictionaries) -> dict[Any, list[Any]]:
        players = game._make_players(*given)
        started = time.perf_counter()
        solved = game.hospital_resident(*players)
        alone.append(time.perf_counter() - started)
        return _names(solved)

    timings = pairs({"matching.allocate": ours, "PyPI matching": theirs}, given)
    timings = {**timings, "PyPI matching, algorithm alone": alone}
    print(f"\nfrom dictionaries: {clients:,} clients, {therapists:,} therapists")
    report(timings)


def beside_the_public_api(library: Any, clients: int, therapists: int) -> None:
    """Measure beside the library as its manual uses it, its check of every pair included."""

    def theirs(given: Dictionaries) -> dict[Any, list[Any]]:
        return _names(library.games.HospitalResident.create_from_dictionaries(*given).solve())

    # It copies its players by following them from one to the next.
    sys.setrecursionlimit(10**6)
    given = dictionaries(clients, therapists, seed=4)
    timings = pairs({"matching.allocate": ours, "PyPI matching, public API": theirs}, given)
    print(f"\nfrom dictionaries: {clients:,} clients, {therapists:,} therapists")
    report(timings)


def _names(solved: Any) -> dict[Any, list[Any]]:
    return {therapist.name: [client.name for client in taken] for therapist, taken in solved.items()}


def pairs(ways: dict[str, Callable[[Any], Any]], given: Any) -> dict[str, list[float]]:
    """Time each way, interleaved, in an order drawn anew. Raises AssertionError when two disagree."""
    random, timings = Random(1), {name: list[float]() for name in ways}
    for _ in range(LIKE_FOR_LIKE_RUNS):
        answers = []
        for name in random.sample(list(ways), len(ways)):
            gc.collect()
            gc.disable()
            started = time.perf_counter()
            answers.append(ways[name](given))
            timings[name].append(time.perf_counter() - started)
            gc.enable()
        if any(answer != answers[0] for answer in answers):
            raise AssertionError("two ways disagree")
    return timings


def report(timings: dict[str, list[float]]) -> None:
    first = next(iter(timings.values()))
    print(f"{'':32} {'median s':>9} {'p95 s':>9} {'paired, in units of the first':>30}")
    for name, seconds in timings.items():
        p50, p95 = np.percentile(seconds, [50, 95])
        ratio = median(theirs / own for own, theirs in zip(first, seconds, strict=True))
        print(f"{name:32} {p50:9.3f} {p95:9.3f} {ratio:28.1f} x")


def main(clients: int = 100_000, therapists: int = 70_000) -> None:
    scratch.setup()
    from benchmarks.peers.pypi_matching import load

    from_rows(clients, therapists)
    library = load(PEERS if PEERS.exists() else None)
    beside_the_algorithm(library, clients, therapists)
    beside_the_public_api(library, *SMALL)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
