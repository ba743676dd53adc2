"""Counting who stood in the first ten, and who might have: arrays of numbers, no database.

Of one list, the *equals at the edge* are all those tied, in everything before the rotation, with the last of the first
ten. If k of the ten are theirs and they are g, each has a chance of k/g; whoever stands above them is there for sure.
A therapist's fair share is the sum of her chances, `spread` the variance of her count if equals drew lots.
"""

import datetime
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.engine.columns import I64
from matching.engine.rank import Ranked

FIRST = 10

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """One list's first ten, those of them who stand above the edge, and the equals at the edge with their chance.

    All are rows of the register that was ranked.
    """

    top: I64
    above: I64
    equals: I64
    chance: float


def share_of(ranked: Ranked) -> Share | None:
    """Return who of a list's first page counts for what; None for a list without anybody."""
    top = np.asarray(ranked.rows[:FIRST], np.int64)
    if not len(top):
        return None
    equals = np.asarray(ranked.equals(len(top)), np.int64)
    tied = np.isin(top, equals, kind="table")
    return Share(top, top[~tied], equals, int(tied.sum()) / len(equals))


@dataclass(frozen=True)
class Counts:
    """Sums per therapist. Arrays are aligned; `ids` ascend and each stands once."""

    ids: I64
    shown: I64
    fair: F64
    spread: F64

    @classmethod
    def together(cls, parts: Iterable[Self]) -> Self:
        """Return the sums of several."""
        found = list(parts)
        if len(found) == 1:
            return found[0]
        ids, at = np.unique(np.concatenate([np.empty(0, np.int64), *(p.ids for p in found)]), return_inverse=True)
        sums: list[F64] = [
            np.bincount(at, np.concatenate([np.empty(0), *(getattr(p, name) for p in found)]), len(ids)).astype(
                np.float64
            )
            for name in ("shown", "fair", "spread")
        ]
        return cls(ids, sums[0].round().astype(np.int64), sums[1], sums[2])

    def encode(self) -> bytes:
        """Return the arrays one after another, little-endian and compressed: many share the same few values."""
        columns = (self.ids, self.shown, self.fair, self.spread)
        return zlib.compress(b"".join(column.astype(column.dtype.newbyteorder("<")).tobytes() for column in columns), 1)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` wrote. Raises ValueError or zlib.error on anything else."""
        words = np.frombuffer(zlib.decompress(data), "<i8").reshape(4, -1)
        return cls(words[0].copy(), words[1].copy(), words[2].view("<f8").copy(), words[3].view("<f8").copy())


class Tally:
    """Adds lists up by register row, and by therapist once the rows of the register mean somebody else."""

    def __init__(self) -> None:
        self.views = 0
        self._ids: I64 = np.empty(0, np.int64)
        self._sums = np.zeros((3, 0))
        self._folded: list[Counts] = []

    def add(self, ids: I64, share: Share) -> None:
        """Count one list. `ids`: therapists by row of the register that the share's rows belong to."""
        if ids is not self._ids and not np.array_equal(ids, self._ids):
            self._fold()
            self._sums = np.zeros((3, len(ids)))
        self._ids = ids
        shown, fair, spread = self._sums
        self.views += 1
        shown[share.top] += 1
        fair[share.above] += 1
        fair[share.equals] += share.chance
        spread[share.equals] += share.chance * (1 - share.chance)

    def counts(self) -> Counts:
        """Return everything counted so far, by therapist."""
        self._fold()
        return self._folded[0] if self._folded else Counts.together([])

    def _fold(self) -> None:
        shown, fair, spread = self._sums
        rows = np.flatnonzero(fair)
        if len(rows):
            order = np.argsort(self._ids[rows])
            rows = rows[order]
            mine = Counts(self._ids[rows], shown[rows].astype(np.int64), fair[rows], spread[rows])
            self._folded = [Counts.together([*self._folded, mine])]
        self._sums = np.zeros_like(self._sums)


@dataclass(frozen=True)
class Batch:
    """The lists of one London day that were counted together, ready to be kept."""

    day: datetime.date
    views: int
    counts: Counts
