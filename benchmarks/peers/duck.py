"""DuckDB in the process, with the flat table as its own. Ties by its own hash."""

import datetime
from pathlib import Path
from typing import Any

from benchmarks.peers.flat import Bits, micros
from benchmarks.peers.terms import DUCKDB, Query
from clients.preferences import Stated


class Duck:
    """`threads`: 1 is what a web process can count on when others ask as well."""

    def __init__(self, csv: Path, bits: Bits, *, threads: int = 1) -> None:
        import duckdb

        self.bits = bits
        self.connection: Any = duckdb.connect(config={"threads": threads})
        self.connection.execute(f"CREATE TABLE bench_flat AS SELECT * FROM read_csv('{csv}', header = true)")

    def ask(self, stated: Stated, seed: int, as_of: datetime.datetime) -> tuple[int, list[tuple[int, int, int]]]:
        """Return how many fit, and (id, band, wait) of the first twenty."""
        query = Query(stated, self.bits, micros(as_of), value=str, dialect=DUCKDB)
        rows = self.connection.execute(f"""
            WITH b AS MATERIALIZED (
                SELECT id, {query.band()} AS band, wait FROM {query.source()} WHERE {" AND ".join(query.where())})
            SELECT id, band, wait, (SELECT count(*) FROM b) FROM b
            ORDER BY band DESC, wait, hash(xor(id, {seed})) LIMIT 20""").fetchall()
        return (rows[0][3] if rows else 0), [row[:3] for row in rows]
