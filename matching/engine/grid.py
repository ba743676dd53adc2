"""A directory of rows by square of ten kilometres, in whose order they stand: a radius touches few stretches of them.

The order is that of the day the register was made. Whoever moved or came since is `loose`, and always looked at.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.bits import WORD
from matching.engine.columns import I32, I64

SQUARE_M = 10_000
COLUMNS = 80
LINES = 140
NO_SQUARE = COLUMNS * LINES


def square_of(easting: I32, northing: I32) -> I64:
    """Return squares, line after line. Points off the map go into the outermost ones, as questions do."""
    return _line(northing) * COLUMNS + _column(easting)


@dataclass(frozen=True)
class Grid:
    """Square s holds rows start[s] to start[s + 1]. `coarsest_m`: no room's point is less certain than this."""

    start: I64
    loose: I64
    coarsest_m: int

    def spans(self, easting: int, northing: int, radius: int) -> list[tuple[int, int]]:
        """Return stretches of words (64 rows each) that hold every row within a radius in metres, loose ones apart.

        Ascending and apart from each other; they also hold rows that are further away.
        """
        left, right = (int(_column(np.array(easting + side))) for side in (-radius, radius))
        low, high = (int(_line(np.array(northing + side))) for side in (-radius, radius))
        first = np.arange(low, high + 1) * COLUMNS
        starts, ends = self.start[first + left] // WORD, -(-self.start[first + right + 1] // WORD)
        spans: list[tuple[int, int]] = []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            elif start < end:
                spans.append((start, end))
        return spans


def _column(easting: I32 | I64) -> I64:
    return np.clip(easting // SQUARE_M, 0, COLUMNS - 1).astype(np.int64)


def _line(northing: I32 | I64) -> I64:
    return np.clip(northing // SQUARE_M, 0, LINES - 1).astype(np.int64)
