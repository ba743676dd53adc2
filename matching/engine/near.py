"""How far rooms are from the stated point. Whole metres up to millions: their squares are exact as floats, too."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.engine import bits
from matching.engine.columns import I8, I32, I64, U64, Bools
from matching.engine.plan import SURE_WITHIN_M, Plan
from matching.engine.register import Register

Indexes = I32 | I64
T = TypeVar("T", np.int32, np.int64)


def squares(plan: Plan, register: Register, rooms: Indexes) -> I64:
    """Return metres squared from the stated point to rooms; zeros when no point was stated."""
    if plan.stated.point is None:
        return np.zeros(len(rooms), np.int64)
    easting, northing, _ = plan.stated.point
    east = register.locations.easting[rooms].astype(np.int64) - easting
    north = register.locations.northing[rooms].astype(np.int64) - northing
    return east * east + north * north


def nearness(plan: Plan, register: Register, rooms: Indexes, square: I64) -> I8:
    """Return 2 within the stated distance, 1 within twice, 0 beyond; 2 when distance is unused."""
    radius = plan.radius
    if radius is None:
        return np.full(len(rooms), 2, np.int8)
    own = plan.stated.point[2] if plan.stated.point else 0
    slack = _slack(np.maximum(register.locations.precision[rooms], own).astype(np.int64))
    once, twice = radius + slack, 2 * radius + slack
    return (square <= once * once).astype(np.int8) + (square <= twice * twice).astype(np.int8)


def homes_within(plan: Plan, register: Register, radii: tuple[int, ...]) -> list[U64]:
    """Return whose first room is within radii of the stated point. Raises ValueError when no point was stated."""
    if plan.stated.point is None:
        raise ValueError("no point was stated")
    easting, northing, own = plan.stated.point
    coarsest = max(own, register.grid.coarsest_m)
    spans = register.grid.spans(easting, northing, max(radii) + (coarsest if coarsest > SURE_WITHIN_M else 0))
    rows: list[slice | I64] = [slice(start * bits.WORD, end * bits.WORD) for start, end in spans]
    within = _within(plan, register, rows, radii)
    found = [np.zeros(register.words, np.uint64) for _ in radii]
    for flags, one in zip(within, found, strict=True):
        packed, done = bits.pack(flags), 0
        for start, end in spans:
            one[start:end] = packed[done : done + end - start]
            done += end - start
    loose = register.grid.loose
    if len(loose):
        again = _within(plan, register, [loose], radii)
        return [bits.put(one, loose, flags) for one, flags in zip(found, again, strict=True)]
    return found


def further_within(plan: Plan, register: Register, radius: int) -> I64:
    """Return the rows who have a further room within a radius, each as often as she has one."""
    (near,) = _within(plan, register, [slice(register.capacity, None)], (radius,))
    return register.locations.further_row[near].astype(np.int64)


def _within(plan: Plan, register: Register, rooms: list[slice | I64], radii: tuple[int, ...]) -> list[Bools]:
    """Return which rooms are within radii, one after the other. A point less certain gives its slack."""
    found, (easting, northing, own) = register.locations, plan.stated.point or (0, 0, 0)

    def taken(column: I32) -> I32:
        return np.concatenate([column[some] for some in rooms]) if rooms else column[:0]

    east = np.subtract(taken(found.easting), easting, dtype=np.float64)
    north = np.subtract(taken(found.northing), northing, dtype=np.float64)
    square = east * east
    square += north * north
    if register.grid.coarsest_m <= max(own, SURE_WITHIN_M):
        slack = own if own > SURE_WITHIN_M else 0
        return [square <= float((radius + slack) ** 2) for radius in radii]
    allowed = _slack(np.maximum(taken(found.precision), own))
    return [square <= np.square(np.add(allowed, radius, dtype=np.float64)) for radius in radii]


def _slack(coarser: NDArray[T]) -> NDArray[T]:
    """Return by how many metres a distance may be exceeded: by none when both points are sector or better."""
    return coarser * (coarser > SURE_WITHIN_M)
