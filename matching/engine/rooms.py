"""Which of her rooms is meant: one that passes the hard rules, then one that grants the wishes, then the nearest."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from matching.engine.columns import I8, I32, I64, U32, Bools
from matching.engine.near import nearness, squares
from matching.engine.scope import Scope

NEAR = 2

_NONE = 2**63 - 1
_FAILS_HARD = 2**62
_FAILS_WISH = 2**61


@dataclass(frozen=True)
class Reach:
    """Aligned with a scope's rows. `room`: index of the room meant, -1 for none; `square`: metres squared to it.

    `room_ok`: the room passes every hard rule; only then may anything be said of meeting there. `near`: 2 within the
    stated distance (or distance unused), 1 within twice, else 0. `room_hours` are those of stated formats.
    """

    room: I32
    square: I64
    near: I8
    room_ok: Bools
    room_hours: U32


@dataclass
class _Choice:
    """The best room so far of each row."""

    key: I64
    room: I32
    square: I64
    near: I8
    hours: U32 = field(repr=False)


def no_rooms(count: int) -> Reach:
    """Return the reach of therapists whom nobody asks to meet in person."""
    return _reach(_nothing(count))


def reach_of(scope: Scope) -> Reach:
    """Choose each row's room."""
    choice = _nothing(len(scope.some))
    for number, at, rooms in slots(scope):
        _improve(choice, scope, number, at, rooms)
    return _reach(choice)


def slots(scope: Scope) -> Iterator[tuple[int, I64, I64]]:
    """Yield (k, positions in the rows, rooms) of k-th rooms, rooms of lower id first, of those who meet in person."""
    register, rows = scope.register, scope.some
    at = np.flatnonzero(scope.of(register.met_in_rooms))
    if not len(at):
        return
    yield 0, at, rows[at]
    for k, (theirs, rooms) in enumerate(register.further, start=1):
        found = np.minimum(np.searchsorted(theirs, rows[at]), len(theirs) - 1)
        has = theirs[found] == rows[at]
        if has.any():
            yield k, at[has], rooms[found[has]]


def _nothing(count: int) -> _Choice:
    return _Choice(
        key=np.full(count, _NONE, np.int64),
        room=np.full(count, -1, np.int32),
        square=np.zeros(count, np.int64),
        near=np.zeros(count, np.int8),
        hours=np.zeros(count, np.uint32),
    )


def _reach(choice: _Choice) -> Reach:
    room_ok = choice.key < _FAILS_HARD
    return Reach(choice.room, choice.square, choice.near * room_ok, room_ok, choice.hours * room_ok)


def _improve(choice: _Choice, scope: Scope, number: int, at: I64, rooms: I64) -> None:
    plan, register = scope.plan, scope.register
    square = squares(plan, register, rooms)
    near = nearness(plan, register, rooms, square)
    hard = np.ones(len(rooms), bool)
    wish = near == NEAR
    hours = np.zeros(len(rooms), np.uint32)
    if plan.stated.step_free:
        hard &= register.locations.step_free[rooms] == 1
    if plan.distance_must:
        hard &= near == NEAR
    if any(item.domain == "time" for item in plan.items):
        hours = scope.view.room_hours(scope.some[at], plan.formats & plan.book.in_person, number)
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
