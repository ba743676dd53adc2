"""Each way to meet by itself, and the rules of how and where that it fails: for what easing a rule would bring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine import bits
from matching.engine.columns import I64, Bools
from matching.engine.near import homes_within, nearness, squares
from matching.engine.packing import STEP_FREE
from matching.engine.rooms import NEAR, slots
from matching.engine.rules import ACCESS, DISTANCE, way_rule_names
from matching.engine.scope import Flags, Scope

Fails = dict[str, Flags]


@dataclass(frozen=True)
class Way:
    """A way to meet: who has it, and who fails which rules by it. All ways know the same rules."""

    has: Flags
    fails: Fails


def ways_to_meet(scope: Scope) -> Iterator[Way]:
    """Yield online, each room, online and a room where several formats are musts, and no way at all."""
    plan, register = scope.plan, scope.register
    if not plan.way_rules:
        yield Way(~scope.none, {})
        return
    names = way_rule_names(plan)
    online, uncovered_online = _online_fails(scope), _uncovered(scope, ~plan.book.in_person)
    uncovered_there = _uncovered(scope, plan.book.in_person)
    is_online = scope.of(register.met_online)
    yield _way(names, scope, is_online, online, uncovered_online)
    for has, there in _rooms(scope):
        yield _way(names, scope, has, there, uncovered_there)
        if len(plan.musts_of("format")) > 1:
            neither = {name: fails & uncovered_there[name] for name, fails in uncovered_online.items()}
            yield _way(names, scope, has & is_online, there, online, neither)
    # Of somebody who says of no way to meet how and where it is, nothing is known, and unknown fails a must.
    yield Way(~(is_online | scope.of(register.met_in_rooms)), dict.fromkeys(names, ~scope.none))


def _way(names: Sequence[str], scope: Scope, has: Flags, *parts: Fails) -> Way:
    fails = dict.fromkeys(names, scope.none)
    for part in parts:
        for name, found in part.items():
            fails[name] = fails[name] | found
    return Way(has, fails)


def _online_fails(scope: Scope) -> Fails:
    remote = scope.plan.formats & ~scope.plan.book.in_person
    return {item.rule: ~scope.hours(remote, item.mask) for item in scope.plan.musts_of("time")}


def _uncovered(scope: Scope, formats: int) -> Fails:
    """Return by format that is a must who offers none of its alternatives of a kind."""
    return {item.rule: ~scope.any_bit("format", item.mask & formats) for item in scope.plan.musts_of("format")}


def _rooms(scope: Scope) -> Iterator[tuple[Flags, Fails]]:
    """Yield for k = 0, 1, ... who has a k-th room, and who fails what by it."""
    if scope.rows is not None:
        for number, at, rooms in slots(scope):
            yield _kth_rooms_fail(scope, number, at, rooms)
        return
    register = scope.register
    yield register.met_in_rooms, _first_rooms_fail(scope)
    for number, (rows, rooms) in enumerate(register.further, start=1):
        meets = bits.has(register.met_in_rooms, rows)
        yield _kth_rooms_fail(scope, number, rows[meets], rooms[meets])


def _first_rooms_fail(scope: Scope) -> Fails:
    """Judge everybody's first room at once."""
    plan, register = scope.plan, scope.register
    there = plan.formats & plan.book.in_person
    fails = {item.rule: ~scope.hours(there, item.mask) for item in plan.musts_of("time")}
    if plan.stated.step_free:
        fails[ACCESS] = ~register.set_of("room", STEP_FREE)
    if plan.distance_must:
        fails[DISTANCE] = ~homes_within(plan, register, (plan.radius or 0,))[0]
    return fails


def _kth_rooms_fail(scope: Scope, number: int, at: I64, rooms: I64) -> tuple[Flags, Fails]:
    """Judge rooms one by one. `at`: whose they are, as positions in the rows, or as rows where everybody is meant."""
    plan, register = scope.plan, scope.register
    passed: dict[str, Bools] = {}
    if times := plan.musts_of("time"):
        rows = at if scope.rows is None else scope.rows[at]
        hours = scope.view.room_hours(rows, plan.formats & plan.book.in_person, number)
        passed = {item.rule: (hours & np.uint32(item.mask)) != 0 for item in times}
    if plan.stated.step_free:
        passed[ACCESS] = register.locations.step_free[rooms] == 1
    if plan.distance_must:
        passed[DISTANCE] = nearness(plan, register, rooms, squares(plan, register, rooms)) == NEAR
    has = _spread(scope, at, np.ones(len(at), bool))
    return has, {name: ~_spread(scope, at, found) for name, found in passed.items()}


def _spread(scope: Scope, at: I64, found: Bools) -> Flags:
    if scope.rows is None:
        return bits.with_rows(at[found], scope.register.words)
    flags = np.zeros(len(scope.rows), bool)
    flags[at] = found
    return flags
