"""Facts that therapists have several of, kept in blocks: replacing those of one therapist copies little."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.columns import I64

# Therapists per block.
BLOCK = 1024

Table = NDArray[Any]


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
        return _joined(self.parts)

    def of_rows(self, rows: I64) -> Table:
        """Return what some therapists have. `rows` ascend."""
        found = []
        for _block, part, _theirs, starts, ends in self._at(rows):
            counts = ends - starts
            before = np.cumsum(counts) - counts
            found.append(part[np.repeat(starts - before, counts) + np.arange(counts.sum())])
        return _joined(found) if found else self.parts[0][:0]

    def replaced(self, rows: I64, table: Table) -> "Blocks":
        """Return the blocks with `table` for everything that the given rows, which ascend, had; alike, shared."""
        parts, table = list(self.parts), table[table["row"].argsort(kind="stable")]
        whose = table["row"].astype(np.int64)
        for block, part, theirs, starts, ends in self._at(rows):
            bounds = (starts, ends, whose.searchsorted(theirs), whose.searchsorted(theirs, side="right"))
            pieces, done, alike = [], 0, True
            for start, end, first, last in np.array(bounds).T.tolist():
                now = table[first:last]
                alike = alike and part[start:end].tobytes() == now.tobytes()
                pieces += [part[done:start], now]
                done = end
            if not alike:
                parts[block] = _joined([*pieces, part[done:]])
        return Blocks(tuple(parts))

    def _at(self, rows: I64) -> Iterator[tuple[int, Table, I64, I64, I64]]:
        """Yield blocks by number, the rows asked about in each, and where what is theirs begins and ends."""
        for block in sorted({row // BLOCK for row in rows.tolist()}):
            part = self.parts[block]
            first, last = rows.searchsorted((block * BLOCK, (block + 1) * BLOCK))
            theirs, owners = rows[first:last], part["row"].astype(np.int64)
            yield block, part, theirs, owners.searchsorted(theirs), owners.searchsorted(theirs, side="right")


def _joined(pieces: Sequence[Table]) -> Table:
    """Return tables of one kind one after the other. NumPy's own way compares their fields again and again."""
    joined, done = np.empty(sum(map(len, pieces)), pieces[0].dtype), 0
    for piece in pieces:
        joined[done : done + len(piece)] = piece
        done += len(piece)
    return joined
