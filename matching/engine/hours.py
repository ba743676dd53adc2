"""The parts of the week that can be had of some therapists at a moment, online or in their k-th rooms."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.engine import bits
from matching.engine.blocks import Blocks, Table
from matching.engine.columns import ALL_HOURS, HOURS, I64, U32, U64, Bools, bits_in
from matching.engine.packing import ANY
from matching.engine.register import Register

ONLINE = -1


@dataclass(frozen=True)
class Some:
    """Rows asked about, each once and ascending, or None for every row, and a moment."""

    register: Register
    rows: I64 | None
    moment: int

    @property
    def only(self) -> I64:
        """Return the rows asked about. Raises ValueError where every row is."""
        if self.rows is None:
            raise ValueError("every row is asked about")
        return self.rows

    @property
    def count(self) -> int:
        return self.register.capacity if self.rows is None else len(self.rows)

    def of(self, blocks: Blocks) -> Table:
        """Return what those asked about have of some facts."""
        return blocks.every() if self.rows is None else blocks.of_rows(self.rows)

    @cached_property
    def listed(self) -> Table:
        return self.of(self.register.listed)

    @cached_property
    def contracts(self) -> Table:
        return self.of(self.register.contracts)

    @cached_property
    def places(self) -> Table:
        return self.of(self.register.places)

    @cached_property
    def free(self) -> Table:
        """Return the places that are free at the moment."""
        return self.places[self.places["free_from"] <= self.moment]

    @cached_property
    def taking(self) -> Bools:
        """Return who has more free places than people on her list who may be offered one: a place for a newcomer."""
        free, offerable = np.bincount(self.at(self.free["row"]), minlength=self.count), self.register.offerable
        taking: Bools = free > (offerable if self.rows is None else offerable[self.rows])
        return taking

    def has(self, one: U64) -> Bools:
        """Return who is in a set."""
        return bits.unpack(one).view(bool) if self.rows is None else bits.has(one, self.rows)

    def at(self, rows: I64) -> I64:
        """Return where rows of the register stand among those asked about."""
        return rows if self.rows is None else np.searchsorted(self.rows, rows)


def hours_of(asked: Some, formats: int, general: U32, room: int = ONLINE) -> U32:
    """Return hours by the formats of a mask: online, or in a room by its number, of which `general` are the hours.

    Where a free place fixes a day, time, format or room, the hours of free places count instead; not of those that are
    for people on her list: a newcomer waits for any other. `formats` are either all online or all in person.
    """
    register, free = asked.register, asked.free
    free = free[asked.taking[asked.at(free["row"])]]
    offers = np.zeros(asked.count, bool)
    for bit in bits_in(formats & (1 << len(register.sets["format"])) - 1):
        offers |= asked.has(register.sets["format"][bit])
    hours = np.where(offers, general, np.uint32(0))
    fixed = (free["hours"] != ALL_HOURS) | (free["format"] != ANY) | (free["room"] != ANY)
    if not fixed.any():
        return hours
    bound = np.zeros(asked.count, bool)
    bound[asked.at(free["row"][fixed])] = True
    hours[bound] = 0
    at = asked.at(free["row"])
    fits = bound[at] & offers[at] & ((free["room"] == ANY) | (free["room"] == room) & (room != ONLINE))
    fits &= (free["format"] == ANY) | _offered(register, free, formats)
    free, at = free[fits], at[fits]
    # A place whose day and time are both fixed says its hour; any other narrows the general hours.
    np.bitwise_or.at(hours, at, np.where(free["exact"], free["hours"], free["hours"] & general[at]))
    return hours


def _offered(register: Register, free: Table, formats: int) -> Bools:
    """Return for which places the format they fix is among those of a mask, and offered by her."""
    offered = np.zeros(len(free), bool)
    for bit in bits_in(formats & (1 << len(register.sets["format"])) - 1):
        these = np.flatnonzero(free["format"] == bit)
        offered[these] = bits.has(register.sets["format"][bit], free["row"][these].astype(np.int64))
    return offered


def table_of(hours: U32) -> U64:
    """Return hours of every row as one bitmap per part of the week."""
    return np.array([bits.pack(hours & np.uint32(1 << part) != 0) for part in range(HOURS)])


def masks_of(table: U64, rows: I64) -> U32:
    """Return the hours of some rows as masks again."""
    byte, bit = rows >> 3, np.uint8(1) << (rows & 7).astype(np.uint8)
    parts = np.packbits(table.view(np.uint8)[:, byte] & bit != 0, axis=0, bitorder="little").astype(np.uint32)
    masks: U32 = parts[0] | parts[1] << np.uint32(8) | parts[2] << np.uint32(16)
    return masks
