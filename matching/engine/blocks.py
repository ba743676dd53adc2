"""Facts that therapists have several of, kept in blocks: replacing those of one therapist copies little."""

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
        return np.concatenate(self.parts)

    def of_rows(self, rows: I64) -> Table:
        """Return what some therapists have."""
        found = []
        for block in np.unique(rows // BLOCK).tolist():
            part = self.parts[block]
            found.append(part[np.isin(part["row"], rows)])
        return np.concatenate(found) if found else self.parts[0][:0]

    def replaced(self, rows: I64, table: Table) -> "Blocks":
        """Return the blocks with `table` for everything that the given rows had."""
        parts = list(self.parts)
        for block in np.unique(rows // BLOCK).tolist():
            part = parts[block]
            kept = part[~np.isin(part["row"], rows)]
            new = table[table["row"] // BLOCK == block]
            if len(new) or len(kept) < len(part):
                joined = np.concatenate([kept, new])
                parts[block] = joined[np.argsort(joined["row"], kind="stable")]
        return Blocks(tuple(parts))

    @property
    def nbytes(self) -> int:
        return sum(part.nbytes for part in self.parts)
