"""Changes that administrators make to reference data, recorded."""

from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.models import ReferenceRow
from therapists.models import AccessOption, Issue, SessionFormat

# How many rows a list may ever have: its rows are bits of one mask (issues: of two).
WIDEST: dict[type[models.Model], int] = {Issue: 124, AccessOption: 30, SessionFormat: 30}
WIDEST_OTHERS = 62


class ListFull(ValueError):
    """The list has no place left in its mask."""


def widest(model: type[models.Model]) -> int:
    """Return how many places the masks of a list have."""
    return WIDEST.get(model, WIDEST_OTHERS)


@transaction.atomic
def reference_row_save(*, row: models.Model, changed: Iterable[str], actor: Actor) -> None:
    """Save a row of reference data. A new row gets the highest free place in the masks, because the files that come
    with Rapport fill them from the lowest. Raises ListFull.
    """
    adding = row._state.adding
    if adding and isinstance(row, ReferenceRow):
        row.bit = _highest_free_bit(type(row))
    row.save()
    audit.record_write(
        actor=actor,
        verb="reference_add" if adding else "reference_change",
        obj_type=row._meta.model_name or "reference",
        obj_id=row.pk,
        obj_label=str(row),
        detail={"fields": sorted(changed)},
    )


def _highest_free_bit(model: type[ReferenceRow]) -> int:
    taken = set(model._default_manager.values_list("bit", flat=True))
    free = [bit for bit in range(widest(model)) if bit not in taken]
    if not free:
        raise ListFull(_("This list is full. Change a row that is not used instead."))
    return free[-1]
