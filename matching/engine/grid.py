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
    line = np.clip(northing // SQUARE_M, 0, LINES - 1).astype(np.int64)
    return line * COLUMNS + np.clip(easting // SQUARE_M, 0, COLUMNS - 1)


@dataclass(frozen=True)
class Grid:
    """Square s holds rows start[s] to start[s + 1]. `coarsest_m`: no room's point is less certain than this."""

    start: I32
    loose: I64
    coarsest_m: int

    def spans(self, easting: int, northing: int, radius: int) -> list[tuple[int, int]]:
        """Return stretches of words (64 rows each) that hold every row within a radius in metres, loose ones apart.

        Ascending and apart from each other; they also hold rows that are further away.
        """
        left, right = (_within(easting + side, COLUMNS) for side in (-radius, radius))
        low, high = (_within(northing + side, LINES) for side in (-radius, radius))
        spans: list[tuple[int, int]] = []
        for line in range(low * COLUMNS, high * COLUMNS + 1, COLUMNS):
            start, end = int(self.start[line + left]) // WORD, -(-int(self.start[line + right + 1]) // WORD)
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            elif start < end:
                spans.append((start, end))
        return spans


def _within(metres: int, squares: int) -> int:
    return min(max(metres // SQUARE_M, 0), squares - 1)
