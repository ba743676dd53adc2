"""How many people wait for a therapist's places: written here, counted by whoever keeps waiting lists.

Whoever keeps the lists registers how to count; services that change places count again in their own transaction, so
that a newcomer never has a figure from before the change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from therapists.models import Therapist


@dataclass(frozen=True, slots=True)
class Queue:
    """`offerable`: people on her list whom one of her places that nobody occupies would fit, now. `on_list`: all."""

    offerable: int = 0
    on_list: int = 0


Counter = Callable[[Iterable[int]], Mapping[int, Queue]]
_counters: list[Counter] = []
NOBODY = Queue()


def register(counter: Counter) -> None:
    """Say who counts; the last one registered is asked. It leaves out whoever has nobody on her list."""
    _counters[:] = [counter]


def queues_recount(*, therapist_ids: Iterable[int]) -> None:
    """Count these therapists' lists again and write down what differs, in the caller's transaction."""
    ids = sorted(set(therapist_ids))
    if not ids or not _counters:
        return
    found = _counters[0](ids)
    rows = [(pk, found.get(pk, NOBODY)) for pk in ids]
    table = Therapist._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS t SET offerable_entries = q.offerable, list_entries = q.on_list"  # noqa: S608
            " FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS q (id, offerable, on_list)"
            " WHERE t.id = q.id AND (t.offerable_entries, t.list_entries) IS DISTINCT FROM (q.offerable, q.on_list)",
            [[pk for pk, _ in rows], [queue.offerable for _, queue in rows], [queue.on_list for _, queue in rows]],
        )
