"""Facts that therapists have several of, kept in blocks: replacing those of one therapist copies little."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from matching.engine.columns import I64

# Therapists per block.
BLOCK = 1024

Table = NDArray[Any]
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


@dataclass(frozen=True)
class Blocks:
    """Structured arrays with a field `row`, ascending; block b holds those of rows b * BLOCK to (b + 1) * BLOCK."""

    parts: tuple[Table, ...]

    @classmethod
    def of(cls, table: Table, capacity: int) -> "Blocks":
        """Split a table, its rows in any order."""
        table = table[np.argsort(table["row"], kind="stable")]
        bounds = np.searchsorted(table["row"], np.arange(0, capacity + BLOCK, BLOCK))
        return cls(tuple(table[start:end] for start, end in pairwise(bounds.tolist())))

    def every(self) -> Table:
        return np.concatenate(self.parts)

    def of_rows(self, rows: I64) -> Table:
        """Return what some therapists have. `rows` ascend."""
        found = [part[start:end] for _, part, spans in self._at(rows) for _, start, end in spans]
        return np.concatenate(found) if found else self.parts[0][:0]

    def replaced(self, rows: I64, table: Table) -> "Blocks":
        """Return the blocks with `table` for everything that the given rows, which ascend, had."""
        parts = list(self.parts)
        for block, part, spans in self._at(rows):
            pieces, done = [], 0
            for row, start, end in spans:
                pieces += [part[done:start], table[table["row"] == row]]
                done = end
            parts[block] = np.concatenate([*pieces, part[done:]])
        return Blocks(tuple(parts))

    def _at(self, rows: I64) -> Iterator[tuple[int, Table, list[tuple[int, int, int]]]]:
        """Yield blocks by number, and for each row in it where what is hers begins and ends."""
        for block in sorted({row // BLOCK for row in rows.tolist()}):
            part = self.parts[block]
            these = rows[rows // BLOCK == block]
            starts, ends = (np.searchsorted(part["row"], these, side=side).tolist() for side in _SIDES)
            yield block, part, list(zip(these.tolist(), starts, ends, strict=True))
