"""About whom a question is: everybody at once, as bitmaps, or some rows, as arrays of bools.

Both are written with &, | and ~, so each rule stands once and serves both. `~` of a bitmap also sets rows that nobody
has; everything is cut down to those listed in the end.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import bits
from matching.engine.columns import I64, U8, U64, bits_in
from matching.engine.packing import FEE_BEYOND
from matching.engine.plan import Plan
from matching.engine.register import Register
from matching.engine.view import View

# A bitmap of everybody, or one bool for each row of some.
Flags = NDArray[Any]


@dataclass(frozen=True)
class Scope:
    """`rows` None: everybody. Rows may come in any order."""

    plan: Plan
    view: View
    rows: I64 | None = None

    @property
    def register(self) -> Register:
        return self.view.register

    @cached_property
    def some(self) -> I64:
        """Return the rows. Raises ValueError where everybody is meant."""
        if self.rows is None:
            raise ValueError("everybody is meant")
        return self.rows

    @cached_property
    def none(self) -> Flags:
        return self.register.nobody if self.rows is None else np.zeros(len(self.rows), bool)

    @cached_property
    def _at(self) -> tuple[I64, U8]:
        rows = self.some
        return rows >> 3, np.uint8(1) << (rows & 7).astype(np.uint8)

    def of(self, found: U64) -> Flags:
        """Return a set, cut down to the rows asked about."""
        if self.rows is None:
            return found
        byte, bit = self._at
        flags: Flags = found.view(np.uint8)[byte] & bit != 0
        return flags

    def at(self, rows: I64) -> "Scope":
        """Return the same question about some rows."""
        return Scope(self.plan, self.view, rows)

    def any_bit(self, name: str, mask: int) -> Flags:
        """Return who has a bit of a mask in one of the register's sets."""
        found: Flags | None = None
        sets = self.register.sets[name]
        for bit in bits_in(mask & (1 << len(sets)) - 1):
            one = self.of(sets[bit])
            found = one if found is None else found | one
        return self.none if found is None else found

    def bit(self, name: str, number: int) -> Flags:
        return self.of(self.register.set_of(name, number))

    def fee_within(self, pence: int) -> Flags:
        fee, pence = self.register.fee, min(pence, FEE_BEYOND - 1)
        if self.rows is None:
            return bits.pack(fee <= pence)
        return fee[self.rows] <= pence

    def hours(self, formats: int, mask: int) -> Flags:
        """Return who can be had in any part of the week of a mask, by formats all online or all in person.

        In person this tells of first rooms.
        """
        return self.of(self.view.hours(formats, mask))
