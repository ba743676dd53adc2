"""What has changed since a process last looked: one question to the database, asked before every ranking.

The watermark is a transaction id, not a time or a row number: a slow transaction writes its rows early and commits them
late, and would be passed over. `xmin` is the oldest transaction still open when the question was asked; everything
before it is over, so next time it is enough to ask from there on. What lies above it and was seen already is
remembered by row.
"""

import json
from dataclasses import dataclass

from django.db import connection

_QUESTION = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    pg_current_xact_id_if_assigned()::text::bigint,
    log.generation::text, log.pruned_below, weights.id, weights.weights::text,
    change.id, change.therapist_id, change.txid
FROM (SELECT 1) one
LEFT JOIN matching_registerlog log ON true
LEFT JOIN LATERAL (
    SELECT w.id, w.weights FROM matching_weightset w ORDER BY w.created_at DESC, w.id DESC LIMIT 1) weights ON true
LEFT JOIN matching_registerchange change ON change.txid >= %s
"""


@dataclass(frozen=True)
class Change:
    """`therapist_id` None: everything."""

    id: int
    therapist_id: int | None
    txid: int


@dataclass(frozen=True)
class Answer:
    """`own`: the transaction that asks, when it has written anything. `generation` None: the log says nothing.

    `weight_set_id` and `weights` are those in force; None when there are none.
    """

    database: str
    xmin: int
    own: int | None
    generation: str | None
    pruned_below: int
    weight_set_id: int | None
    weights: dict[str, int] | None
    changes: tuple[Change, ...]

    @property
    def seen(self) -> frozenset[int]:
        return frozenset(change.id for change in self.changes)

    @property
    def has_own(self) -> bool:
        """Return whether changes were made by the very transaction that asks, and may never be committed."""
        return self.own is not None and any(change.txid == self.own for change in self.changes)


def ask(watermark: int) -> Answer:
    """Return the log's changes from a watermark on. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, [watermark])
        rows = cursor.fetchall()
    xmin, own, generation, pruned_below, weight_set_id, weights = rows[0][:6]
    return Answer(
        database=f"{connection.settings_dict.get('HOST')}/{connection.settings_dict['NAME']}",
        xmin=xmin,
        own=own,
        generation=generation,
        pruned_below=pruned_below or 0,
        weight_set_id=weight_set_id,
        weights=json.loads(weights) if weights else None,
        changes=tuple(Change(*row[6:]) for row in rows if row[6] is not None),
    )
