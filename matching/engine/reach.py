"""How and where people could meet: by a remote format, or in one room that satisfies distance, step-free and hours."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.columns import ALL_BITS, I8, I32, I64, U32, Bools
from matching.engine.grid import Grid
from matching.engine.plan import SURE_WITHIN_M, Plan
from matching.engine.view import View

UNMET, PARTLY, MET, NOT_STATED = 0, 1, 2, 3

_NO_ROOM = 2**63 - 1
_FAILS_HARD = 2**62
_FAILS_WISH = 2**61
# Below this many rows it is cheaper to measure every room than to ask the grid.
_FEW = 2_000


@dataclass(frozen=True)
class Candidates:
    """Rows under consideration, with what they share: the statement and the register at a moment."""

    plan: Plan
    view: View
    rows: I64

    def column(self, key: str, column: NDArray[Any]) -> NDArray[Any]:
        """Return a column of therapists for the rows. `key` names it."""
        if self.rows is self.view.open_rows:
            return self.view.opened(key, column)
        return column[self.rows]

    def any_bit(self, name: str, mask: int) -> Bools:
        """Return which rows have a bit of the mask in one of the register's sets."""
        found: Bools | None = None
        for number, word in enumerate(self.view.register.therapists.sets[name]):
            if part := mask >> 64 * number & ALL_BITS:
                has: Bools = (self.column(f"{name} {number}", word) & np.uint64(part)) != 0
                found = has if found is None else found | has
        return np.zeros(len(self.rows), bool) if found is None else found

    def take(self, keep: Bools) -> "Candidates":
        if keep.all():
            return self
        return Candidates(self.plan, self.view, self.rows[np.flatnonzero(keep)])


@dataclass(frozen=True)
class Reach:
    """Aligned with candidate rows. `room`: index of the room meant, -1 for none; `square`: metres squared to it.

    `room_ok`: the room passes every hard rule; only then may anything be said of meeting there. `near`: MET within the
    stated distance (or distance unused), PARTLY within twice, else UNMET. Hours are those of stated formats.
    """

    room: I32
    square: I64
    near: I8
    room_ok: Bools
    room_hours: U32
    online_ok: Bools
    online_hours: U32


@dataclass
class _Choice:
    """The best room so far of each candidate row."""

    key: I64
    room: I32
    square: I64
    near: I8
    hours: U32 = field(repr=False)


def reach_of(candidates: Candidates, *, rooms: bool = True, grid: Grid | None = None) -> Reach:
    """Choose each row's room: one that passes the hard rules, then one that grants the wishes, then the nearest."""
    plan, view, rows = candidates.plan, candidates.view, candidates.rows
    count = len(rows)
    online_hours = np.zeros(count, np.uint32)
    if any(item.domain == "time" for item in plan.items):
        online_hours = view.hours(plan.formats)[1][rows]
    online_ok = candidates.any_bit("format", ~plan.book.in_person & ALL_BITS)
    for item in plan.musts_of("time"):
        online_ok &= (online_hours & np.uint32(item.mask)) != 0
    if not rooms:
        return _no_rooms(count, online_ok, online_hours)
    choice = _Choice(
        key=np.full(count, _NO_ROOM, np.int64),
        room=np.full(count, -1, np.int32),
        square=np.zeros(count, np.int64),
        near=np.zeros(count, np.int8),
        hours=np.zeros(count, np.uint32),
    )
    for at, here in _rooms(candidates, grid):
        _improve(choice, candidates, at, here)
    room_ok = choice.key < _FAILS_HARD
    return Reach(
        room=choice.room,
        square=choice.square,
        near=choice.near * room_ok,
        room_ok=room_ok,
        room_hours=choice.hours * room_ok,
        online_ok=online_ok,
        online_hours=online_hours,
    )


def _no_rooms(count: int, online_ok: Bools, online_hours: U32) -> Reach:
    return Reach(
        room=np.full(count, -1, np.int32),
        square=np.zeros(count, np.int64),
        near=np.zeros(count, np.int8),
        room_ok=np.zeros(count, bool),
        room_hours=np.zeros(count, np.uint32),
        online_ok=online_ok,
        online_hours=online_hours,
    )


def passes(candidates: Candidates, reach: Reach) -> Bools:
    """Return which rows have a way to meet that every hard rule allows, for each format that is a must."""
    plan = candidates.plan
    musts = plan.musts_of("format")
    if not musts:
        return reach.room_ok | reach.online_ok
    allowed = np.ones(len(candidates.rows), bool)
    for item in musts:
        remote = candidates.any_bit("format", item.mask & ~plan.book.in_person)
        in_person = candidates.any_bit("format", item.mask & plan.book.in_person)
        allowed &= (remote & reach.online_ok) | (in_person & reach.room_ok)
    return allowed


def ways_known(candidates: Candidates) -> Bools:
    """Return which rows offer a remote format, or meeting in person and have a room, whatever it is like."""
    remote = candidates.any_bit("format", ~candidates.plan.book.in_person & ALL_BITS)
    slots = candidates.view.register.slots
    if not slots:
        return remote
    has_room = slots[0][candidates.rows] >= 0
    return remote | (has_room & candidates.any_bit("format", candidates.plan.book.in_person))


def _rooms(candidates: Candidates, grid: Grid | None) -> Iterator[tuple[I64, I32]]:
    """Yield (positions in rows, rooms), each position at most once per pair, rooms of lower id first."""
    plan, register, rows = candidates.plan, candidates.view.register, candidates.rows
    offers = candidates.any_bit("format", plan.book.in_person)
    if grid is not None and plan.distance_must and len(rows) > _FEW:
        near = near_rooms(plan, grid)
        position = np.full(register.size, -1, np.int64)
        position[rows[offers]] = np.flatnonzero(offers)
        at = position[register.locations.row[near]]
        near, at = near[at >= 0], at[at >= 0]
        nth = register.nth[near]
        for k in range(int(nth.max()) + 1 if len(nth) else 0):
            yield at[nth == k], near[nth == k]
        return
    for slot in register.slots:
        room = slot[rows]
        at = np.flatnonzero(offers & (room >= 0))
        if not len(at):
            return
        yield at, room[at]


def near_rooms(plan: Plan, grid: Grid) -> I32:
    """Return every room that could be within the stated distance, and some that are not."""
    if plan.stated.point is None or plan.radius is None:
        raise ValueError("no distance was stated")
    easting, northing, precision = plan.stated.point
    slack = max(precision, grid.coarsest_m)
    return grid.near(easting, northing, plan.radius + (slack if slack > SURE_WITHIN_M else 0))


def squares(candidates: Candidates, rooms: I32) -> I64:
    """Return metres squared from the stated point to rooms; zeros when no point was stated."""
    if candidates.plan.stated.point is None:
        return np.zeros(len(rooms), np.int64)
    easting, northing, _ = candidates.plan.stated.point
    locations = candidates.view.register.locations
    east = locations.easting[rooms].astype(np.int64) - easting
    north = locations.northing[rooms].astype(np.int64) - northing
    return east * east + north * north


def slack_of(candidates: Candidates, rooms: I32) -> I64:
    """Return by how many metres a distance may be exceeded: nothing when both points are sector or better."""
    own = candidates.plan.stated.point[2] if candidates.plan.stated.point else 0
    coarser = np.maximum(candidates.view.register.locations.precision[rooms], own).astype(np.int64)
    return np.where(coarser > SURE_WITHIN_M, coarser, 0)


def nearness(candidates: Candidates, rooms: I32, square: I64) -> I8:
    """Return MET within the stated distance, PARTLY within twice, UNMET beyond; MET when distance is unused."""
    radius = candidates.plan.radius
    if radius is None:
        return np.full(len(rooms), MET, np.int8)
    slack = slack_of(candidates, rooms)
    once, twice = radius + slack, 2 * radius + slack
    return (square <= once * once).astype(np.int8) + (square <= twice * twice).astype(np.int8)


def room_hours(candidates: Candidates, rooms: I32) -> U32:
    return candidates.view.hours(candidates.plan.formats)[0][rooms]


def _improve(choice: _Choice, candidates: Candidates, at: I64, rooms: I32) -> None:
    plan = candidates.plan
    square = squares(candidates, rooms)
    near = nearness(candidates, rooms, square)
    hard = np.ones(len(rooms), bool)
    wish = near == MET
    hours = np.zeros(len(rooms), np.uint32)
    if plan.stated.step_free:
        hard &= candidates.view.register.locations.step_free[rooms] == 1
    if plan.distance_must:
        hard &= near == MET
    if any(item.domain == "time" for item in plan.items):
        hours = room_hours(candidates, rooms)
        for item in plan.musts_of("time"):
            hard &= (hours & np.uint32(item.mask)) != 0
        if plan.wished_hours:
            wish &= (hours & np.uint32(plan.wished_hours)) != 0
    key = square + np.where(hard, 0, _FAILS_HARD) + np.where(wish, 0, _FAILS_WISH)
    better = key < choice.key[at]
    here = at[better]
    choice.key[here] = key[better]
    choice.room[here] = rooms[better]
    choice.square[here] = square[better]
    choice.near[here] = near[better]
    choice.hours[here] = hours[better]
