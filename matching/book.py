"""The reference data that statements are resolved with: which bit each slug has in the register's masks."""

import json
from typing import Any

from matching.engine.columns import Book
from therapists.models import IdentityTag

_TABLES = {
    "modality": "therapists_modality",
    "issue": "therapists_issue",
    "language": "therapists_language",
    "group": "therapists_clientgroup",
    "identity": "therapists_identitytag",
    "access": "therapists_accessoption",
    "format": "therapists_sessionformat",
    "funder": "therapists_funder",
}
# What a row says beyond slug, bit and name.
_MORE = {
    "modality": "(SELECT f.bit FROM therapists_family f WHERE f.id = t.family_id)",
    "group": "t.required",
    "identity": "t.kind",
    "format": "t.in_person",
}


def _rows(name: str, table: str) -> str:
    more = _MORE.get(name, "NULL")
    return (
        f"'{name}', (SELECT coalesce(json_agg(json_build_array(t.slug, t.bit, t.name, {more})), '[]') FROM {table} t)"  # noqa: S608
    )


# One value: every list with every row, those switched off included, because what was stated keeps its meaning.
QUERY = f"SELECT json_build_object({', '.join(_rows(*one) for one in _TABLES.items())})::text"


def book(text: str) -> Book:
    """Return the book from what QUERY answers."""
    lists: dict[str, list[list[Any]]] = json.loads(text)
    kinds = {kind.value: 1 << n for n, kind in enumerate(IdentityTag.Kind)}
    return Book(
        masks={name: {slug: 1 << bit for slug, bit, _, _ in rows} for name, rows in lists.items()},
        names={name: {slug: title for slug, _, title, _ in rows} for name, rows in lists.items()},
        family_of={slug: 1 << bit for slug, _, _, bit in lists["modality"]},
        kind_of={slug: kinds[kind] for slug, _, _, kind in lists["identity"]},
        required_groups=frozenset(slug for slug, _, _, required in lists["group"] if required),
        in_person=sum(1 << bit for _, bit, _, there in lists["format"] if there),
    )
