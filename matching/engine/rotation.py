"""Fair order among equals: every seed puts them in another order, each of them first equally often."""

import numpy as np

from matching.engine.columns import I64, U64

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
# So many turns below the expected bound are enough for those wanted, all but always.
_AMPLE = 4


def rotation(seed: int, ids: I64) -> U64:
    """Return splitmix64(seed XOR id): every id gets a number of its own, so no two candidates tie."""
    mixed = ids.astype(np.uint64)
    mixed ^= np.uint64(seed % 2**64)
    mixed += _MIX[0]
    mixed ^= mixed >> np.uint64(30)
    mixed *= _MIX[1]
    mixed ^= mixed >> np.uint64(27)
    mixed *= _MIX[2]
    mixed ^= mixed >> np.uint64(31)
    return mixed


def first_of(ids: I64, seed: int, count: int) -> I64:
    """Return the positions of the first `count` by rotation, in order."""
    turns = rotation(seed, ids)
    if _AMPLE * count + 64 < len(turns):
        bound = np.uint64(2**64 // len(turns) * (_AMPLE * count + 16))
        early = np.flatnonzero(turns < bound)
        if len(early) >= count:
            return early[np.argsort(turns[early])[:count]]
    return np.argsort(turns)[:count]
