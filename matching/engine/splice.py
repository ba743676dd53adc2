"""A register with some therapists read anew. What a reader of the old one holds is never written."""

from dataclasses import replace
from itertools import chain
from operator import methodcaller
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.engine import bits
from matching.engine.columns import I32, I64, U64, bits_in
from matching.engine.facts import Facts
from matching.engine.grid import Grid
from matching.engine.packing import FURTHER, ROOM, Packed, packed
from matching.engine.register import Register, Rooms, moved, rooms_of

T = TypeVar("T", bound=np.generic)

# Beyond so many that moved since the rows were arranged, it is time to arrange them anew.
MOST_LOOSE = 4_096


def spliced(base: Register, facts: Facts, ids: tuple[int, ...]) -> tuple[Register, I64] | None:
    """Return `base` with the therapists of `ids` as `facts` have them, and the rows touched, ascending.

    Those missing from `facts` are gone for good: their rows stay, and are never listed. None when there is no row left
    for whom came, or too many moved: then everybody has to be read.
    """
    found = packed(facts)
    ids_now, by_id, rows = _rows_for(base, found.ids)
    if len(rows) < len(found.ids):
        return None
    # Nearly always just those who changed, and they are all there still.
    same = len(rows) == len(ids) and found.ids.tolist() == sorted(ids)
    touched = np.sort(rows) if same else np.union1d(base.rows_of(ids), rows)
    grid = _grid(base, found, rows)
    if len(grid.loose) > MOST_LOOSE:
        return None
    register = replace(
        base,
        book=facts.book,
        version=facts.version,
        size=int(max(base.size, rows.max(initial=-1) + 1)),
        ids=ids_now,
        by_id=by_id,
        fee=_put(base.fee, rows, found.fee),
        offerable=_put(base.offerable, rows, found.offerable),
        online_hours=_put(base.online_hours, rows, found.online_hours),
        weeks=_put(base.weeks, rows, found.weeks),
        weeks_until=_put(base.weeks_until, rows, found.weeks_until),
        sets={**base.sets, **_sets(base, rows, found.masks)},
        locations=_rooms(base, rows, found),
        listed=base.listed.replaced(touched, moved(found.listed, rows)),
        places=base.places.replaced(touched, moved(found.places, rows)),
        contracts=base.contracts.replaced(touched, moved(found.contracts, rows)),
        grid=grid,
    )
    return register, touched


def _rows_for(base: Register, ids: I64) -> tuple[I64, I64, I64]:
    """Return all ids, their order, and the rows of the given ones. Who is new takes a free row, if there are enough."""
    known = base.rows_of(tuple(ids.tolist()))
    size = base.size + len(ids) - len(known)
    if size == base.size or size > base.capacity:
        return base.ids, base.by_id, known
    new = ids[~np.isin(ids, base.ids[known])]
    all_ids = base.ids.copy()
    all_ids[base.size : size] = new
    # Free rows stand last in the order, those taken now first among them.
    others = np.delete(base.by_id, np.arange(base.size, size))
    at = np.searchsorted(all_ids[others], new)
    by_id = np.insert(others, at, np.arange(base.size, size))
    return all_ids, by_id, replace(base, ids=all_ids, by_id=by_id).rows_of(tuple(ids.tolist()))


def _put(column: NDArray[T], rows: I64, values: NDArray[T]) -> NDArray[T]:
    if (column[rows] == values).all():
        return column
    new = column.copy()
    new[rows] = values
    return new


def _sets(base: Register, rows: I64, masks: dict[str, tuple[U64, ...]]) -> dict[str, tuple[U64, ...]]:
    """Return the sets that are different now."""
    names = set()
    for n, row in enumerate(rows.tolist()):
        # One look into every bitmap: nearly always there is nothing else to do.
        word_of = methodcaller("item", row // bits.WORD)
        words = np.array([*map(word_of, chain.from_iterable(base.sets.values()))], np.uint64)
        flags = words & np.uint64(1 << row % bits.WORD) != 0
        held = int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
        for name, sets in base.sets.items():
            if held & (1 << len(sets)) - 1 != _mask(masks[name], n):
                names.add(name)
            held >>= len(sets)
    return {name: _put_masks(base.sets[name], rows, masks[name], base.nobody) for name in names}


def _mask(words: tuple[U64, ...], n: int) -> int:
    """Return the bits of the n-th therapist."""
    mask: int = words[0].item(n)
    for number, word in enumerate(words[1:], start=1):
        mask |= word.item(n) << bits.WORD * number
    return mask


def _put_masks(sets: tuple[U64, ...], rows: I64, words: tuple[U64, ...], nobody: U64) -> tuple[U64, ...]:
    """Return sets with the masks of some rows replaced. For few rows and many sets plain loops are the fastest."""
    new: dict[int, U64] = {}
    for n, row in enumerate(rows.tolist()):
        at, bit_of_row = row // bits.WORD, row % bits.WORD
        held = [bit for bit, one in enumerate(sets) if one.item(at) >> bit_of_row & 1]
        for bit in bits_in(_mask(words, n) ^ sum(1 << bit for bit in held)):
            if bit not in new:
                new[bit] = (sets[bit] if bit < len(sets) else nobody).copy()
            new[bit][at] ^= np.uint64(1 << bit_of_row)
    if not new:
        return sets
    return tuple(new.get(bit, sets[bit] if bit < len(sets) else nobody) for bit in range(max(len(sets), max(new) + 1)))


def _rooms(base: Register, rows: I64, found: Packed) -> Rooms:
    old, names, capacity = base.locations, ROOM.names or (), base.capacity
    homes = {name: _put(getattr(old, name), rows, found.home[name]) for name in names}
    if not len(found.further) and not _any_of(old.further_row, rows):
        return replace(old, **homes)
    theirs = np.isin(old.further_row, rows)
    before, now = np.empty(len(theirs), FURTHER), moved(found.further, rows)
    before["row"], before["nth"] = old.further_row, old.further_nth
    for name in names:
        before[name] = homes[name][capacity:]
    if np.array_equal(before[theirs], now[np.lexsort((now["nth"], now["row"]))]):
        return replace(old, **homes)
    return rooms_of({name: column[:capacity] for name, column in homes.items()}, np.concatenate([before[~theirs], now]))


def _any_of(ascending: I32, rows: I64) -> bool:
    """Return whether any of the rows is in a column that ascends. `np.isin` would look at all of it."""
    at = ascending.searchsorted(rows.astype(ascending.dtype))
    return bool((ascending.searchsorted(rows.astype(ascending.dtype), side="right") > at).any())


def _grid(base: Register, found: Packed, rows: I64) -> Grid:
    """Whoever came, or whose first room is elsewhere now, no longer stands in the order of the map."""
    rooms, grid, home = base.locations, base.grid, found.home
    elsewhere = (rooms.easting[rows] != home["easting"]) | (rooms.northing[rows] != home["northing"])
    coarsest = max(grid.coarsest_m, *(int(part["precision"].max(initial=0)) for part in (home, found.further)))
    if not elsewhere.any() and coarsest == grid.coarsest_m:
        return grid
    return Grid(grid.start, np.union1d(grid.loose, rows[elsewhere]), coarsest)
