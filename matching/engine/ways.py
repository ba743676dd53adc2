"""How everybody could be met: online, or in a room that satisfies distance, step-free and hours together."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np

from matching.engine import bits
from matching.engine.columns import I64, U64
from matching.engine.near import further_within, homes_within
from matching.engine.packing import SEVERAL, STEP_FREE
from matching.engine.rooms import NEAR, reach_of
from matching.engine.scope import Flags, Scope


@dataclass(frozen=True)
class Ways:
    """`online`, `room`: she can be met so, and every hard rule allows it. Of the room meant: `near` within the stated
    distance (or distance unused), `twice` within twice that. `wished`: in any part of the week wished for, either way.
    """

    online: Flags
    room: Flags
    near: Flags
    twice: Flags
    wished: Flags

    def at(self, scope: Scope) -> "Ways":
        """Return the same of some rows."""
        return Ways(*(scope.of(found) for found in vars(self).values()))


def ways_of(scope: Scope, among: U64, *, rooms: bool) -> Ways:
    """Judge everybody; what is said of those not `among` is not meant."""
    plan, register = scope.plan, scope.register
    remote = plan.formats & ~plan.book.in_person
    online, wished = register.met_online, scope.hours(remote, plan.wished_hours)
    for item in plan.musts_of("time"):
        online = online & scope.hours(remote, item.mask)
    if not rooms:
        nobody = register.nobody
        return Ways(online, nobody, nobody, nobody, wished)
    return _with_rooms(scope, among, online, wished)


def passes(scope: Scope, ways: Ways) -> Flags:
    """Return who has a way to meet that every hard rule allows, for each format that is a must."""
    musts, in_person = scope.plan.musts_of("format"), scope.plan.book.in_person
    if not musts:
        return ways.room | ways.online
    allowed: Flags | None = None
    for item in musts:
        either = scope.any_bit("format", item.mask & ~in_person) & ways.online
        if item.mask & in_person:
            either = either | scope.any_bit("format", item.mask & in_person) & ways.room
        allowed = either if allowed is None else allowed & either
    return scope.none if allowed is None else allowed


def _with_rooms(scope: Scope, among: U64, online: U64, wished: U64) -> Ways:
    """First rooms as bitmaps; of those who have several, the room meant is chosen one by one."""
    plan, register = scope.plan, scope.register
    there = plan.formats & plan.book.in_person
    has_room = register.met_in_rooms
    several = register.set_of("room", SEVERAL) & among & has_room & _undecided(scope, wished)
    room, near, twice = has_room, has_room, has_room
    if plan.radius is not None and not plan.distance_must and "format" in plan.wishes:
        near, twice = homes_within(plan, register, (plan.radius, 2 * plan.radius))
    if plan.distance_must:
        (near,) = homes_within(plan, register, (plan.radius or 0,))
        if several.any():
            further = further_within(plan, register, plan.radius or 0)
            several = several & (near | bits.with_rows(further, register.words))
        room = room & near
    if plan.stated.step_free:
        room = room & register.set_of("room", STEP_FREE)
    for item in plan.musts_of("time"):
        room = room & scope.hours(there, item.mask)
    in_time = room & scope.hours(there, plan.wished_hours)
    found = Ways(online, room, room & near, room & twice, wished | in_time)
    return _chosen(scope, bits.rows_in(several), found, wished) if several.any() else found


def _undecided(scope: Scope, wished: U64) -> U64:
    """Return for whom it can matter which of her rooms is meant: where no rule asks, only who wins nothing online."""
    plan, register = scope.plan, scope.register
    if plan.way_rules:
        return ~register.nobody
    found = ~wished if plan.wished_hours else register.nobody
    if formats := plan.wishes.get("format"):
        wanted = reduce(or_, (item.mask for item in formats)) & ~plan.book.in_person
        found = found | ~scope.any_bit("format", wanted)
    return found


def _chosen(scope: Scope, rows: I64, found: Ways, wished: U64) -> Ways:
    """Return the ways with the room that is meant of rows who have several."""
    reach = reach_of(scope.at(rows))
    in_time = bits.has(wished, rows) | ((reach.room_hours & np.uint32(scope.plan.wished_hours)) != 0)
    return Ways(
        online=found.online,
        room=bits.put(found.room, rows, reach.room_ok),
        near=bits.put(found.near, rows, reach.near == NEAR),
        twice=bits.put(found.twice, rows, reach.near > 0),
        wished=bits.put(found.wished, rows, in_time),
    )
