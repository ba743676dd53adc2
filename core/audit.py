"""Who wrote what, and who read whose record. Rows are only ever added: a trigger refuses the rest.

Features never read the audit table. The page "who looked at my record" reads the access log.
"""

from collections.abc import Iterable
from typing import Any

from core import clock
from core.actors import Actor
from core.models import AccessEntry, AuditEntry


def record_write(
    *,
    actor: Actor,
    verb: str,
    obj_type: str,
    obj_id: object,
    obj_label: str = "",
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Record one write in the caller's transaction. `detail` holds ids and codes, never anybody's words."""
    return AuditEntry.objects.create(
        verb=verb, reason=reason, detail=detail or {}, **_who_and_what(actor, obj_type, obj_id, obj_label)
    )


def records_write(
    *, actor: Actor, verb: str, obj_type: str, rows: Iterable[tuple[object, str, dict[str, Any]]]
) -> None:
    """Record the same write to many objects, each (id, label, detail), in one insert."""
    AuditEntry.objects.bulk_create(
        AuditEntry(verb=verb, detail=detail, **_who_and_what(actor, obj_type, obj_id, label))
        for obj_id, label, detail in rows
    )


def record_read(*, actor: Actor, obj_type: str, obj_id: object, obj_label: str = "", purpose: str) -> AccessEntry:
    """Record that somebody looked at a client's record, in the transaction that read it. `purpose` is a code."""
    return AccessEntry.objects.create(purpose=purpose, **_who_and_what(actor, obj_type, obj_id, obj_label))


def records_read(*, actor: Actor, obj_type: str, obj_ids: Iterable[object], purpose: str) -> None:
    """Record that somebody was shown a list with these clients' names: one insert for the whole page."""
    entries = (AccessEntry(purpose=purpose, **_who_and_what(actor, obj_type, obj_id, "")) for obj_id in obj_ids)
    AccessEntry.objects.bulk_create(entries)


def _who_and_what(actor: Actor, obj_type: str, obj_id: object, obj_label: str) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "actor_type": actor.type,
        "actor_id": actor.id,
        "actor_label": actor.label[:120],
        "object_type": obj_type,
        "object_id": str(obj_id),
        "object_label": obj_label[:120],
    }
