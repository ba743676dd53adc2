"""Runs the same moment on many real connections at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections


def race(*runners: Callable[[], Any], patience: float = 30) -> list[Any]:
    """Run every callable in a thread and connection of its own, all released together.

    Returns the results in order; an exception is returned, not raised, so that a test can count who lost and how.
    """
    gate = threading.Barrier(len(runners))

    def run(runner: Callable[[], Any]) -> Any:
        try:
            gate.wait(patience)
            return runner()
        except Exception as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(run, runners))


class Rendezvous:
    """Makes two racers meet in the middle of their work, so that a race without a lock goes wrong every time.

    With a lock the second one never arrives: the first stops waiting after `patience` seconds and goes on.
    """

    def __init__(self, parties: int = 2, patience: float = 1.0) -> None:
        self._barrier = threading.Barrier(parties)
        self._patience = patience

    def __call__(self, *args: Any, **kwargs: Any) -> bool:
        try:
            self._barrier.wait(self._patience)
        except threading.BrokenBarrierError:
            pass
        return True


@contextmanager
def without_constraint(table: str, name: str):
    """Take a unique index away for a negative control, and put it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexname = %s", [table, name])
        (definition,) = cursor.fetchone()
        cursor.execute(f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{table}"')
            cursor.execute(definition)
