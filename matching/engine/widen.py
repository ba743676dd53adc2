"""What each hard rule costs, and what relaxing it would bring: exact, in one pass over everybody listed.

Each therapist has some ways to meet: online, or in one of her rooms. A way fails a set of rules, written as bits. She
fits when one of her ways fails nothing, and would fit without rule r when one of her ways fails r alone. So gains need
no second ranking, and the rules that one room must satisfy together are judged together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matching.engine.columns import ALL_BITS, I32, I64, U32, Bools
from matching.engine.plan import Item, Plan
from matching.engine.reach import MET, Candidates, nearness, room_hours, squares, ways_known
from matching.engine.rules import ACCESS, DISTANCE, EXCLUDED, FIXED, FULL, profile_rules, rule_names, way_rule_names
from matching.engine.view import View

# The bits of a way that somebody does not have: it fails everything there is and is.
NO_WAY = -1


@dataclass(frozen=True)
class Gain:
    """Relaxing `rules` together would add `gain` therapists; `soonest` is the shortest wait among them, in weeks."""

    rules: tuple[str, ...]
    removes: int
    gain: int
    soonest: int | None


@dataclass(frozen=True)
class Widen:
    """`removed_by`: how many listed therapists fail each rule, silent exclusions never counted. `gains`: by rule.

    `best_pair`: the two rules that bring most together, where they bring more than either alone.
    """

    removed_by: dict[str, int]
    eligible: int
    soonest_now: int | None
    gains: tuple[Gain, ...]
    best_pair: Gain | None


@dataclass(frozen=True)
class Failures:
    """Bit k stands for names[k]. `failed`: what each fails; `ways`: all that she fails one way, or NO_WAY."""

    names: tuple[str, ...]
    failed: I64
    ways: tuple[I64, ...]


def widen(plan: Plan, view: View, *, silent: tuple[int, ...] = ()) -> Widen:
    """Count over everybody listed. A therapist without a place, excluded or of another client group is no gain."""
    candidates = Candidates(plan, view, np.flatnonzero(view.listed))
    if silent:
        candidates = candidates.take(~np.isin(candidates.rows, view.register.rows_of(silent)))
    failures = failures_of(candidates)
    names = failures.names
    removed_by = {name: int(np.count_nonzero(failures.failed >> k & 1)) for k, name in enumerate(names)}
    tally = _tally(failures, len(candidates.rows))
    eligible = int(np.count_nonzero(tally.fits))
    own = [k for k, name in enumerate(names) if name not in FIXED]
    gained = {k: int(np.count_nonzero(tally.alone >> k & 1)) for k in own}
    return Widen(
        removed_by=removed_by,
        eligible=eligible,
        soonest_now=0 if eligible else None,
        gains=tuple(_gain((names[k],), removed_by[names[k]], gained[k]) for k in own),
        best_pair=_best_pair(failures, tally, gained),
    )


@dataclass(frozen=True)
class _Tally:
    """`fits`: who fails nothing. `alone`: of the others, rules that are the only one between them and fitting."""

    fits: Bools
    alone: I64


def _tally(failures: Failures, count: int) -> _Tally:
    fits = np.zeros(count, bool)
    alone = np.zeros(count, np.int64)
    for failed in failures.ways:
        fits |= failed == 0
        alone |= _if_alone(failed)
    alone[fits] = 0
    return _Tally(fits, alone)


def _if_alone(failed: I64) -> I64:
    """Return the one rule that was failed, 0 where it was none or several."""
    return np.where(failed & (failed - 1), 0, failed)


def failures_of(candidates: Candidates) -> Failures:
    """Judge every rule on every candidate, whatever she fails besides."""
    plan, view = candidates.plan, candidates.view
    names = rule_names(plan)
    bit = {name: 1 << k for k, name in enumerate(names)}
    profile = np.where(view.free[candidates.rows] > 0, 0, bit[FULL]).astype(np.int64)
    if plan.stated.not_these_therapists:
        excluded = np.isin(candidates.rows, view.register.rows_of(plan.stated.not_these_therapists))
        profile |= np.where(excluded, bit[EXCLUDED], 0)
    for rule in profile_rules(plan):
        profile |= np.where(rule.holds(candidates), 0, bit[rule.name])
    if not plan.way_rules:
        return Failures(names, profile, (profile,))
    ways = list(_ways(candidates, bit))
    failed = profile | _failed_by_way(len(candidates.rows), ways)
    return Failures(names, failed, tuple(profile | fails for fails in ways))


def _failed_by_way(count: int, ways: Sequence[I64]) -> I64:
    """A rule is failed when no way fails nothing, and every way fails it or some way fails it alone."""
    fits = np.zeros(count, bool)
    always = np.full(count, NO_WAY, np.int64)
    alone = np.zeros(count, np.int64)
    for fails in ways:
        fits |= fails == 0
        always &= fails
        alone |= _if_alone(fails)
    return np.where(fits, 0, always | alone)


def _ways(candidates: Candidates, bit: dict[str, int]) -> Iterator[I64]:
    """Yield for each way to meet the rules about how and where that it fails, as bits; NO_WAY for whoever lacks it."""
    plan, rows = candidates.plan, candidates.rows
    remote = ~plan.book.in_person & ALL_BITS
    musts = plan.musts_of("format")
    covered_online, covered_there = _covers(candidates, musts, remote), _covers(candidates, musts, plan.book.in_person)
    is_online = candidates.any_bit("format", remote)
    online = _time_fails(plan, candidates.view.hours(plan.formats)[1][rows], bit)
    yield np.where(is_online, online | _uncovered(musts, covered_online, bit, len(rows)), NO_WAY)
    offers = candidates.any_bit("format", plan.book.in_person)
    for slot in candidates.view.register.slots:
        room = slot[rows]
        has_room = offers & (room >= 0)
        # Whoever has no such room borrows the first one, and is struck out below.
        there = _room_fails(candidates, np.maximum(room, 0), bit)
        yield np.where(has_room, there | _uncovered(musts, covered_there, bit, len(rows)), NO_WAY)
        if len(musts) > 1:
            covered = [one | other for one, other in zip(covered_online, covered_there, strict=True)]
            both = there | online | _uncovered(musts, covered, bit, len(rows))
            yield np.where(has_room & is_online, both, NO_WAY)
    # Of somebody who says of no way to meet how and where it is, nothing is known, and unknown fails a must.
    yield np.where(ways_known(candidates), NO_WAY, sum(bit[name] for name in way_rule_names(plan)))


def _covers(candidates: Candidates, musts: Sequence[Item], formats: int) -> list[Bools]:
    return [candidates.any_bit("format", item.mask & formats) for item in musts]


def _uncovered(musts: Sequence[Item], covered: Sequence[Bools], bit: dict[str, int], count: int) -> I64:
    fails = np.zeros(count, np.int64)
    for item, covers in zip(musts, covered, strict=True):
        fails |= np.where(covers, 0, bit[item.rule])
    return fails


def _time_fails(plan: Plan, hours: U32, bit: dict[str, int]) -> I64:
    fails = np.zeros(len(hours), np.int64)
    for item in plan.musts_of("time"):
        fails |= np.where((hours & np.uint32(item.mask)) != 0, 0, bit[item.rule])
    return fails


def _room_fails(candidates: Candidates, rooms: I32, bit: dict[str, int]) -> I64:
    plan = candidates.plan
    hours = room_hours(candidates, rooms) if plan.musts_of("time") else np.zeros(len(rooms), np.uint32)
    fails = _time_fails(plan, hours, bit)
    if plan.stated.step_free:
        step_free = candidates.view.register.locations.step_free[rooms] == 1
        fails |= np.where(step_free, 0, bit[ACCESS])
    if plan.distance_must:
        near = nearness(candidates, rooms, squares(candidates, rooms)) == MET
        fails |= np.where(near, 0, bit[DISTANCE])
    return fails


def _gain(rules: tuple[str, ...], removes: int, gain: int) -> Gain:
    return Gain(rules, removes, gain, 0 if gain else None)


def _best_pair(failures: Failures, tally: _Tally, gained: dict[int, int]) -> Gain | None:
    """Return the two rules that bring most together, if more than either alone; of equals, the first shown."""
    best: Gain | None = None
    for one, other in combinations(gained, 2):
        both = 1 << one | 1 << other
        hit = (tally.alone & both) != 0
        for failed in failures.ways:
            hit |= failed == both
        gain = int(np.count_nonzero(hit & ~tally.fits))
        if gain > max(gained[one], gained[other]) and (best is None or gain > best.gain):
            removes = int(np.count_nonzero(failures.failed & both))
            best = _gain((failures.names[one], failures.names[other]), removes, gain)
    return best
