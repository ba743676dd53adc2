"""Run the registered loaders."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Model

from core import audit
from core.actors import Actor, system
from core.reference.registry import LoadResult, loaders


def reference_load(*, overwrite: bool = False, only: list[str] | None = None) -> Iterator[tuple[str, LoadResult]]:
    """Run the loaders one after another, each in its own transaction, yielding (name, result).

    Raises LookupError for a name nobody registered.
    """
    known = loaders()
    if unknown := set(only or ()) - set(known):
        raise LookupError(f"no loader named {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    for name in only or known:
        with transaction.atomic():
            result = known[name](overwrite=overwrite)
            if result.created or result.changed:
                audit.record_write(
                    actor=system("load_reference"),
                    verb="reference_load",
                    obj_type="reference",
                    obj_id=name,
                    detail={"added": result.created, "changed": result.changed},
                )
        yield name, result


@transaction.atomic
def reference_row_save(*, row: Model, changed: list[str], actor: Actor) -> None:
    """Save an administrator's edit of a row of core's reference data. `changed` names the fields."""
    row.save()
    audit.record_write(
        actor=actor,
        verb="reference_change",
        obj_type=row._meta.label_lower,
        obj_id=row.pk,
        obj_label=str(row),
        detail={"changed": changed},
    )


@transaction.atomic
def reference_row_delete(*, row: Model, actor: Actor) -> None:
    """Delete a row of core's reference data; nothing points to them."""
    audit.record_write(
        actor=actor, verb="reference_delete", obj_type=row._meta.label_lower, obj_id=row.pk, obj_label=str(row)
    )
    row.delete()
