"""Registers and the lists people choose from, read from the CSV files in `data`.

The files speak for every row whose `source` begins with MARK: what leaves a file is switched off, never deleted,
because profiles and statements point to it. An administrator who writes her own source into a row takes it over.
"""

import csv
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import Model

from core.models import ReferenceRow
from core.reference.registry import LoadResult, load_rows, register_loader
from therapists.models import (
    AccessOption,
    ClientGroup,
    Family,
    IdentityTag,
    Issue,
    Language,
    Modality,
    Register,
    SessionFormat,
)

FOLDER = Path(__file__).parent / "data"
MARK = "Rapport list"
CHECKED_ON = date(2026, 11, 22)
YES_NO = {"yes": True, "no": False}


class BitTaken(LookupError):
    """A file gives a row a place in the masks that another row holds: loading it would change what people stated."""


def read_rows(name: str) -> list[dict[str, str]]:
    """Return a file's rows by column name, stripped. `name` has no ending."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{key: (value or "").strip() for key, value in row.items()} for row in csv.DictReader(file)]


def load_registers(*, overwrite: bool) -> LoadResult:
    rows = [_register(row) for row in read_rows("registers")]
    return _load(Register, "code", rows, overwrite)


def load_list(model: type[ReferenceRow], name: str, *, overwrite: bool) -> LoadResult:
    """Load one list of reference rows. Raises BitTaken."""
    extra = EXTRA.get(model, lambda row: {})
    rows = [{**_common(row, position), **extra(row)} for position, row in enumerate(read_rows(name), start=1)]
    holders = dict(model._default_manager.values_list("bit", "slug"))
    for row in rows:
        if holders.get(row["bit"], row["slug"]) != row["slug"]:
            raise BitTaken(f"{name}: place {row['bit']} of {row['slug']} belongs to {holders[row['bit']]}")
    return _load(model, "slug", rows, overwrite)


LISTS: dict[str, type[ReferenceRow]] = {
    "families": Family,
    "modalities": Modality,
    "issues": Issue,
    "languages": Language,
    "client_groups": ClientGroup,
    "session_formats": SessionFormat,
    "identity_tags": IdentityTag,
    "access_options": AccessOption,
}


def register() -> None:
    """Make the lists known to `load_reference`."""
    register_loader("registers", load_registers)
    for name, model in LISTS.items():
        register_loader(name.replace("_", " "), partial(load_list, model, name))


def _load(model: type[Model], key: str, rows: list[dict[str, Any]], overwrite: bool) -> LoadResult:
    loaded = load_rows(model, key=(key,), rows=rows, overwrite=overwrite)
    ours = model._default_manager.filter(active=True, source__startswith=MARK)
    gone = ours.exclude(**{f"{key}__in": [row[key] for row in rows]}).update(active=False)
    return loaded + LoadResult(changed=gone)


def _common(row: Mapping[str, str], position: int) -> dict[str, Any]:
    return {
        "slug": row["slug"],
        "bit": int(row["bit"]),
        "name": row["name"],
        "description": row.get("description", ""),
        # Steps of ten: an administrator's own row fits between two of ours.
        "position": position * 10,
        "active": True,
        "source": MARK,
        "checked_on": CHECKED_ON,
    }


def _modality(row: Mapping[str, str]) -> dict[str, Any]:
    return {"family_id": Family.objects.values_list("pk", flat=True).get(slug=row["family"])}


def _issue(row: Mapping[str, str]) -> dict[str, Any]:
    show = YES_NO[row["show_information"]]
    return {"group": row["group"], "icd10": row["icd10"], "show_information": show}


EXTRA: dict[type[ReferenceRow], Callable[[Mapping[str, str]], dict[str, Any]]] = {
    Modality: _modality,
    Issue: _issue,
    Language: lambda row: {"signed": YES_NO[row["signed"]]},
    ClientGroup: lambda row: {"required": YES_NO[row["required"]]},
    SessionFormat: lambda row: {"in_person": YES_NO[row["in_person"]]},
    IdentityTag: lambda row: {"kind": row["kind"]},
}


def _register(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("code", "name", "short_name", "accreditation", "number_pattern")},
        **{name: _date(row[name]) for name in ("accredited_from", "accredited_until", "checked_on")},
        "grades": [grade for grade in row["grades"].split(";") if grade],
        "active": True,
        "source": f"{MARK}: {row['source']}",
    }


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
