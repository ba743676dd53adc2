"""A register with some therapists read anew: a new value, sharing nothing that changed with the old one."""

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.engine import columns as c

T = TypeVar("T", c.Locations, c.Places, c.Windows, c.Contracts)


def spliced(base: c.Register, part: c.Register, ids: tuple[int, ...], *, version: str) -> c.Register:
    """Return `base` with the therapists of `ids` as `part` has them. Those missing from `part` are gone for good.

    New therapists get rows at the end; a row whose therapist is gone stays, and is never listed.
    """
    known = base.rows_of(ids)
    new = part.therapists.ids[~np.isin(part.therapists.ids, base.therapists.ids[known])]
    total = base.size + len(new)
    all_ids = np.concatenate([base.therapists.ids, new])
    # Where each row of `part` goes: a known row, or one at the end.
    order = np.argsort(all_ids, kind="stable")
    rows = order[np.searchsorted(all_ids[order], part.therapists.ids)]
    gone = known[~np.isin(known, rows)]
    touched = np.zeros(total, bool)
    touched[known] = True
    return c.Register(
        book=part.book,
        therapists=_therapists(base.therapists, part.therapists, rows, gone, len(new)),
        locations=_children(base.locations, part.locations, touched, rows, ordered=True),
        places=_children(base.places, part.places, touched, rows),
        windows=_children(base.windows, part.windows, touched, rows),
        contracts=_children(base.contracts, part.contracts, touched, rows),
        version=version,
    )


def _therapists(base: c.Therapists, part: c.Therapists, rows: c.I64, gone: c.I64, added: int) -> c.Therapists:
    sets: dict[str, Any] = {
        name: tuple(_put(old, new, rows, added) for old, new in zip(words, part.sets[name], strict=True))
        for name, words in base.sets.items()
    }
    alone = {name: column for name, column in vars(base).items() if name != "sets"}
    columns: dict[str, Any] = {name: _put(old, getattr(part, name), rows, added) for name, old in alone.items()}
    columns["settled"][gone] = False
    return c.Therapists(sets=sets, **columns)


def _put(old: NDArray[np.generic], new: NDArray[np.generic], rows: c.I64, added: int) -> NDArray[np.generic]:
    column = np.concatenate([old, np.zeros((*old.shape[:-1], added), old.dtype)], axis=-1)
    column[..., rows] = new
    return column


def _children(base: T, part: T, touched: c.Bools, rows: c.I64, *, ordered: bool = False) -> T:
    """Drop the children of rows that were read anew and add theirs; `ordered`: sorted by row, as rooms must be."""
    keep = ~touched[base.row]
    if keep.all() and not len(part.row):
        return base
    moved = replace(part, row=rows[part.row].astype(np.int32))
    joined = {name: np.concatenate([old[keep], getattr(moved, name)]) for name, old in vars(base).items()}
    if ordered:
        order = np.argsort(joined["row"], kind="stable")
        joined = {name: column[order] for name, column in joined.items()}
    return type(base)(**joined)
