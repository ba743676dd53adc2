"""The register as rank reads it: sets of therapists as bitmaps, rows in the order of the map, rooms as columns.

A register never changes: many threads read it at once. `splice` makes the next one, which shares what is the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.engine import bits
from matching.engine.blocks import Blocks, Table
from matching.engine.columns import ALWAYS, I8, I16, I32, I64, U32, U64, Book, bits_in
from matching.engine.facts import Facts
from matching.engine.grid import NO_SQUARE, Grid, square_of
from matching.engine.packing import HAS_ROOM, ROOM, packed

T = TypeVar("T", bound=np.generic)

# Rows kept free for therapists to come: one in so many, and a few more.
SPARE_ONE_IN = 64
# The id of a free row: above every id there is.
NOBODY = ALWAYS


@dataclass(frozen=True)
class Rooms:
    """Rooms 0 to capacity are everybody's first rooms, by row; those behind are further ones, see `further_*`.

    Where a row has no room, `ids` is 0 and the point is nowhere. `step_free` -1: nobody says.
    """

    ids: I64
    easting: I32
    northing: I32
    precision: I32
    step_free: I8
    hours: U32
    further_row: I32
    further_nth: I8


@dataclass(frozen=True)
class Register:
    """`capacity` rows, of which `size` are taken; `by_id` lists all rows by ascending id, free ones last.

    `sets`: by name, one bitmap per bit. `listed`, `places`, `contracts`: what time decides about, see packing.
    """

    book: Book
    version: str
    size: int
    ids: I64
    by_id: I64
    fee: I32
    offerable: NDArray[np.int16]
    online_hours: U32
    weeks: I16
    weeks_until: I64
    sets: Mapping[str, tuple[U64, ...]]
    locations: Rooms
    listed: Blocks
    places: Blocks
    contracts: Blocks
    grid: Grid

    @property
    def capacity(self) -> int:
        return len(self.ids)

    @property
    def words(self) -> int:
        return len(self.ids) // bits.WORD

    @cached_property
    def nobody(self) -> U64:
        return np.zeros(self.words, np.uint64)

    @cached_property
    def met_online(self) -> U64:
        """Return who offers any format that is not in person."""
        return self._offers(~self.book.in_person)

    @cached_property
    def met_in_rooms(self) -> U64:
        """Return who offers any format in person and has a room."""
        return self._offers(self.book.in_person) & self.set_of("room", HAS_ROOM)

    def _offers(self, formats: int) -> U64:
        found = self.nobody
        for bit in bits_in(formats & (1 << len(self.sets["format"])) - 1):
            found = found | self.sets["format"][bit]
        return found

    def set_of(self, name: str, bit: int) -> U64:
        """Return who has a bit of a set; nobody for a bit that nobody has."""
        sets = self.sets[name]
        return sets[bit] if bit < len(sets) else self.nobody

    def rows_of(self, ids: tuple[int, ...]) -> I64:
        """Return the rows of therapists by id; unknown ids are left out."""
        wanted = np.array([pk for pk in ids if 0 <= pk < NOBODY], np.int64)
        if not len(wanted):
            return wanted
        rows = self.by_id[np.minimum(np.searchsorted(self.ids, wanted, sorter=self.by_id), self.capacity - 1)]
        found: I64 = rows[self.ids[rows] == wanted].astype(np.int64)
        return found

    @cached_property
    def further(self) -> tuple[tuple[I64, I64], ...]:
        """Return, for k = 1, 2, ...: rows that have a k-th further room, ascending, and the indexes of those rooms."""
        nth, found = self.locations.further_nth, []
        for k in range(1, int(nth.max(initial=0)) + 1):
            at = np.flatnonzero(nth == k)
            found.append((self.locations.further_row[at].astype(np.int64), at + self.capacity))
        return tuple(found)


def arranged(facts: Facts) -> Register:
    """Arrange everybody that was read."""
    found = packed(facts)
    size = len(found.ids)
    capacity = -(-(size + size // SPARE_ONE_IN + bits.WORD) // bits.WORD) * bits.WORD
    has_room = found.home["ids"] != 0
    square = np.where(has_room, square_of(found.home["easting"], found.home["northing"]), NO_SQUARE)
    order = np.argsort(square, kind="stable")
    row_of = np.empty(size, np.int64)
    row_of[order] = np.arange(size)
    start = np.searchsorted(square[order], np.arange(NO_SQUARE + 1))
    ids = np.full(capacity, NOBODY, np.int64)
    ids[:size] = found.ids[order]
    coarsest = max(int(part["precision"].max(initial=0)) for part in (found.home, found.further))
    empty = np.zeros(capacity - size, ROOM)
    home = {name: np.concatenate([found.home[name][order], empty[name]]) for name in ROOM.names or ()}
    return Register(
        book=facts.book,
        version=facts.version,
        size=size,
        ids=ids,
        by_id=np.argsort(ids, kind="stable"),
        fee=_spread(found.fee, row_of, capacity),
        offerable=_spread(found.offerable, row_of, capacity),
        online_hours=_spread(found.online_hours, row_of, capacity),
        weeks=_spread(found.weeks, row_of, capacity),
        weeks_until=_spread(found.weeks_until, row_of, capacity),
        sets={
            name: bits.by_bit(tuple(_spread(word, row_of, capacity) for word in masks))
            for name, masks in found.masks.items()
        },
        locations=rooms_of(home, moved(found.further, row_of)),
        listed=Blocks.of(moved(found.listed, row_of), capacity),
        places=Blocks.of(moved(found.places, row_of), capacity),
        contracts=Blocks.of(moved(found.contracts, row_of), capacity),
        grid=Grid(start.astype(np.int32), np.empty(0, np.int64), coarsest),
    )


def _spread(column: NDArray[T], rows: I64, capacity: int) -> NDArray[T]:
    spread = np.zeros(capacity, column.dtype)
    spread[rows] = column
    return spread


def moved(table: Table, row_of: I64) -> Table:
    """Return a table with rows of the register for those of the facts."""
    moved = table.copy()
    moved["row"] = row_of[table["row"]]
    return moved


def rooms_of(home: Mapping[str, NDArray[Any]], further: Table) -> Rooms:
    """Put the columns of first rooms, by row, before those of further ones."""
    further = further[np.lexsort((further["nth"], further["row"]))]
    both = {name: np.concatenate([column, further[name]]) for name, column in home.items()}
    return Rooms(**both, further_row=further["row"].copy(), further_nth=further["nth"].copy())
