"""Further connections to the test's database, as other processes have them, and what a store shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db import connection

from clients.preferences import Stated
from matching.engine.rank import rank
from matching.store import Store
from matching.weights import EVIDENCE
from tests.matching.world import NOON


@contextmanager
def another_connection(**changes: Any) -> Iterator[Any]:
    """Open a connection whose transactions begin with its first statement and end with commit or rollback."""
    params = connection.get_connection_params() | changes
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    theirs = psycopg2.connect(**params)
    try:
        yield theirs
    finally:
        theirs.close()


def execute(sql: str, *values: Any) -> Any:
    """Run SQL on Django's connection; return the first value it answers, if any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchone()[0] if cursor.description else None


def shown(store: Store) -> set[int]:
    """Return whom the store's register lists at noon."""
    return set(rank(Stated(), store.current().lens, EVIDENCE, 1, NOON, limit=999).ids.tolist())
