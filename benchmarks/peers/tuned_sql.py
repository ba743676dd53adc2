"""PostgreSQL as well as we could make it: the flat table in order of place, a GiST index, one prepared query per shape.

It breaks ties by PostgreSQL's own seeded hash, because splitmix64 costs far more in SQL than all the rest. Tried and
slower or no faster: counting with a window over the whole, a B-tree by place (also covering, also by strips of the
map), compiling (jit), keeping the subquery from being pulled up, planning each query anew. Parallel workers are slower
up to 70,000; from PARALLEL_FROM on they are not, if counting is a question of its own: then each statement takes every
core there is.
"""

import datetime
import re
from typing import Any

from benchmarks.peers.flat import Bits, micros
from benchmarks.peers.terms import Query
from clients.preferences import Stated

PARALLEL_FROM = 300_000
_MARKED = re.compile(r"«(-?\d+)»")


class Tuned:
    """One connection with its prepared queries."""

    def __init__(self, cursor: Any, bits: Bits, *, therapists: int) -> None:
        self.cursor, self.bits, self.known = cursor, bits, dict[str, str]()
        self.parallel = therapists >= PARALLEL_FROM
        cursor.execute(f"SET max_parallel_workers_per_gather = {2 if self.parallel else 0}")
        cursor.execute("SET parallel_setup_cost = 100")
        cursor.execute("SET parallel_tuple_cost = 0.01")
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute("SET jit = off")
        cursor.execute("SET work_mem = '64MB'")

    def ask(self, stated: Stated, seed: int, as_of: datetime.datetime) -> tuple[int, list[tuple[int, int, int]]]:
        """Return how many fit, and (id, band, wait) of the first twenty."""
        self.cursor.execute(self.prepared(stated, seed, as_of))
        rows = self.cursor.fetchall()
        return (rows[0][3] if rows else 0), [row[:3] for row in rows]

    def prepared(self, stated: Stated, seed: int, as_of: datetime.datetime) -> str:
        """Return the call of the prepared query of this shape, which is prepared when it is new."""
        written = _in_parallel if self.parallel else _at_once
        text = written(Query(stated, self.bits, micros(as_of), value="«{}»".format), seed)
        values = _MARKED.findall(text)
        numbers = iter(range(1, len(values) + 1))
        shape = _MARKED.sub(lambda _: f"${next(numbers)}", text)
        name = self.known.get(shape)
        if name is None:
            name = self.known[shape] = f"bench_{len(self.known)}"
            self.cursor.execute(f"PREPARE {name} ({', '.join(['bigint'] * len(values))}) AS {shape}")
        return f"EXECUTE {name} ({', '.join(values)})"


def _at_once(query: Query, seed: int) -> str:
    return f"""
        WITH b AS MATERIALIZED (
            SELECT id, {query.band()} AS band, wait FROM {query.source()} WHERE {" AND ".join(query.where())})
        SELECT id, band, wait, (SELECT count(*) FROM b) FROM b
        ORDER BY band DESC, wait, hashint8extended(id, {query.value(seed)}) LIMIT 20"""


def _in_parallel(query: Query, seed: int) -> str:
    where = " AND ".join(query.where())
    return f"""
        SELECT id, {query.band()} AS band, wait, (SELECT count(*) FROM {query.source()} WHERE {where})
        FROM {query.source()} WHERE {where}
        ORDER BY band DESC, wait, hashint8extended(id, {query.value(seed)}) LIMIT 20"""
