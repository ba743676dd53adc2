"""A directory of locations by square of ten kilometres, so that a radius touches few of them."""

from dataclasses import dataclass

import numpy as np

from matching.engine.columns import I32, I64, Locations

SQUARE_M = 10_000
COLUMNS = 80
LINES = 140


@dataclass(frozen=True)
class Grid:
    """`order`: location indexes by square, line after line; square s is order[start[s]:start[s + 1]]."""

    order: I32
    start: I64
    coarsest_m: int

    @classmethod
    def of(cls, locations: Locations) -> "Grid":
        """Sort locations into squares. Points off the map go into the outermost squares, as questions do."""
        square = _line(locations.northing) * COLUMNS + _column(locations.easting)
        order = np.argsort(square, kind="stable").astype(np.int32)
        start = np.searchsorted(square[order], np.arange(COLUMNS * LINES + 1)).astype(np.int64)
        coarsest = int(locations.precision.max()) if len(locations.precision) else 0
        return cls(order, start, coarsest)

    def near(self, easting: int, northing: int, radius: int) -> I32:
        """Return the locations of every square that a radius in metres touches: all within it, and some beyond."""
        left, right = (int(_column(np.array(easting + side))) for side in (-radius, radius))
        low, high = (int(_line(np.array(northing + side))) for side in (-radius, radius))
        spans = [
            self.order[self.start[line * COLUMNS + left] : self.start[line * COLUMNS + right + 1]]
            for line in range(low, high + 1)
        ]
        return np.concatenate(spans)


def _column(easting: I32 | I64) -> I64:
    return np.clip(easting // SQUARE_M, 0, COLUMNS - 1).astype(np.int64)


def _line(northing: I32 | I64) -> I64:
    return np.clip(northing // SQUARE_M, 0, LINES - 1).astype(np.int64)
