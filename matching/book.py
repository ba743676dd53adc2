"""The reference data that statements are resolved with: which bit each slug has in the register's masks."""

from django.db.models import Model

from matching.engine.columns import Book
from therapists.models import (
    AccessOption,
    ClientGroup,
    Funder,
    IdentityTag,
    Issue,
    Language,
    Modality,
    SessionFormat,
)

_MODELS: dict[str, type[Model]] = {
    "modality": Modality,
    "issue": Issue,
    "language": Language,
    "group": ClientGroup,
    "identity": IdentityTag,
    "access": AccessOption,
    "format": SessionFormat,
    "funder": Funder,
}


def book() -> Book:
    """Read every list, rows switched off included: what was stated keeps its meaning."""
    rows = {
        name: list(model._default_manager.order_by().values_list("slug", "bit", "name"))
        for name, model in _MODELS.items()
    }
    kinds = {kind.value: 1 << n for n, kind in enumerate(IdentityTag.Kind)}
    families = Modality.objects.order_by().values_list("slug", "family__bit")
    in_person = SessionFormat.objects.order_by().filter(in_person=True).values_list("bit", flat=True)
    return Book(
        masks={name: {slug: 1 << bit for slug, bit, _ in found} for name, found in rows.items()},
        names={name: {slug: title for slug, _, title in found} for name, found in rows.items()},
        family_of={slug: 1 << bit for slug, bit in families},
        kind_of={slug: kinds[kind] for slug, kind in IdentityTag.objects.order_by().values_list("slug", "kind")},
        required_groups=frozenset(ClientGroup.objects.filter(required=True).values_list("slug", flat=True)),
        in_person=sum(1 << bit for bit in in_person),
    )
