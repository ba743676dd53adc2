"""Loaders of reference data. Each app registers its own in AppConfig.ready; `load_reference` runs them all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class LoadResult:
    created: int = 0
    changed: int = 0
    kept: int = 0

    def __add__(self, other: "LoadResult") -> "LoadResult":
        return LoadResult(self.created + other.created, self.changed + other.changed, self.kept + other.kept)


class Loader(Protocol):
    def __call__(self, *, overwrite: bool) -> LoadResult: ...


_loaders: dict[str, Loader] = {}


def register_loader(name: str, loader: Loader) -> None:
    """Add a loader; they run in the order of registration, which is the order of the layers."""
    _loaders[name] = loader


def loaders() -> dict[str, Loader]:
    """Return the loaders by name, in the order they run."""
    return dict(_loaders)


def load_rows(
    model: type[Model], *, key: tuple[str, ...], rows: Iterable[Mapping[str, Any]], overwrite: bool
) -> LoadResult:
    """Add rows that are missing by `key`. Existing ones may carry an administrator's edit: changed only on request.

    `rows` map field names (foreign keys as instances or `<name>_id`) to values of the field's own type.
    """
    rows = list(rows)
    # Only the rows this file speaks of: the table may hold far more from elsewhere.
    concerned = model._default_manager.filter(**{f"{key[0]}__in": {values[key[0]] for values in rows}})
    existing = {tuple(getattr(row, name) for name in key): row for row in concerned}
    missing: list[Model] = []
    changed = kept = 0
    for values in rows:
        row = existing.get(tuple(values[name] for name in key))
        if row is None:
            missing.append(model(**values))
        elif overwrite and _apply(row, values):
            row.save(update_fields=[name.removesuffix("_id") for name in values])
            changed += 1
        else:
            kept += 1
    model._default_manager.bulk_create(missing, batch_size=500)
    return LoadResult(len(missing), changed, kept)


def _apply(row: Model, values: Mapping[str, Any]) -> bool:
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
