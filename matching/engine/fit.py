"""How well people fit, in twentieths of what was stated and is no must: by domain, a few groups of equal gain."""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import bits
from matching.engine.columns import U8, U64
from matching.engine.plan import MEANS, Item
from matching.engine.scope import Flags, Scope
from matching.engine.states import State, format_state, profile_state
from matching.engine.ways import Ways

BANDS = 20
# A match of one, in the unit that every share of it (halves, thirds, quarters ...) divides.
WHOLE = 1680


@dataclass(frozen=True)
class Domain:
    """Groups of candidates who gain the same, apart from each other, and all candidates together; `gains` descend."""

    gains: tuple[int, ...]
    groups: tuple[Flags, ...]


@dataclass(frozen=True)
class Fit:
    """`total` is what somebody gains who meets everything, in hundredths of a weight times WHOLE."""

    domains: tuple[Domain, ...]
    total: int

    def band(self, gained: int) -> int:
        return BANDS * gained // self.total if self.total else BANDS


def fit_of(scope: Scope, ways: Ways, weights: Mapping[str, int], among: Flags) -> Fit:
    """Group candidates by what they gain in each domain that was stated and weighs anything."""
    domains, total = [], 0
    for name, items in scope.plan.wishes.items():
        weight = int(weights.get(name, 0)) * max(item.strength for item in items)
        if weight <= 0:
            continue
        total += weight * WHOLE
        states = _states(name, items, scope, ways)
        domains.append(_mean(states, weight, among) if name in MEANS else _best(states, weight, among))
    return Fit(tuple(domains), total)


def _states(name: str, items: tuple[Item, ...], scope: Scope, ways: Ways) -> list[State]:
    if name == "time":
        return [State(ways.wished)]
    if name == "format":
        return [format_state(item, scope, ways.near, ways.twice) for item in items]
    return [profile_state(item, scope) for item in items]


def _best(states: list[State], weight: int, among: Flags) -> Domain:
    """Whoever meets any item gains all, whoever meets any partly half."""
    full = states[0].met & among
    halves = [half for half in (state.half for state in states) if half is not None]
    for state in states[1:]:
        full = full | state.met & among
    rest = among & ~full
    if not halves:
        return _domain({weight * WHOLE: full, 0: rest})
    half = halves[0]
    for other in halves[1:]:
        half = half | other
    half = rest & half
    return _domain({weight * WHOLE: full, weight * WHOLE // 2: half, 0: rest ^ half})


def _mean(states: list[State], weight: int, among: Flags) -> Domain:
    """What the items give together, divided by their number and rounded down."""
    halves = {0: among}
    for state in states:
        met, half = state.met, None if state.half is None else state.half & ~state.met
        added: dict[int, Flags] = {}
        for count, whose in halves.items():
            rest = whose & ~met
            between = None if half is None else rest & half
            for more, part in ((2, whose & met), (1, between), (0, rest if between is None else rest ^ between)):
                if part is not None and np.count_nonzero(part):
                    added[count + more] = added[count + more] | part if count + more in added else part
        halves = added or {0: among}
    groups: dict[int, Flags] = {}
    for count, whose in halves.items():
        gain = weight * (count * WHOLE // (2 * len(states)))
        groups[gain] = groups[gain] | whose if gain in groups else whose
    return _domain(groups)


def _domain(groups: dict[int, Flags]) -> Domain:
    """Leave out who gains what nobody gains."""
    ordered = sorted(groups.items(), reverse=True)
    kept = dict([(gain, group) for gain, group in ordered if np.count_nonzero(group)] or ordered[-1:])
    return Domain(tuple(kept), tuple(kept.values()))


def bands_of(fit: Fit, among: Flags) -> U8:
    """Return the band of each row, unpacked; of whoever is no candidate, nothing that is meant."""
    packed = among.dtype == np.uint64
    gained = np.zeros(1, np.int64)
    code: NDArray[Any] = np.zeros(len(among) * (bits.WORD if packed else 1), np.uint8)
    for domain in fit.domains:
        gained = np.add.outer(gained, np.array(domain.gains, np.int64)).ravel()
        kind: Any = np.uint8 if len(gained) <= 2**8 else np.uint16 if len(gained) <= 2**16 else np.uint32
        code = code.astype(kind, copy=False) * kind(len(domain.gains))
        for number, group in enumerate(domain.groups[1:], start=1):
            code += (bits.unpack(group) if packed else group.view(np.uint8)) * kind(number)
    if not fit.total:
        return code + np.uint8(BANDS)
    bands: U8 = (BANDS * gained // fit.total).astype(np.uint8)[code]
    return bands


def best_bands(fit: Fit, among: U64, need: int, steps: int) -> dict[int, list[U64]] | None:
    """Return who is in the best bands, whole bands in descending order, until `need` are found.

    Goes through combinations of groups from the best gain down, as far as anybody is in them. None when that takes more
    than so many steps.
    """
    domains = sorted(fit.domains, key=lambda domain: -domain.gains[0])
    # The most that can still be gained from each domain on.
    ahead = [sum(domain.gains[0] for domain in domains[n:]) for n in range(len(domains) + 1)]
    found: dict[int, list[U64]] = {}
    heap: list[tuple[int, int, int, U64]] = [(-ahead[0], 0, 0, among)]
    taken = 0
    while heap:
        least, _, depth, who = heappop(heap)
        if depth == len(domains):
            band = fit.band(-least)
            if taken >= need and band not in found:
                return found
            found.setdefault(band, []).append(who)
            taken += bits.count(who)
            continue
        for gain, group in zip(domains[depth].gains, domains[depth].groups, strict=True):
            steps -= 1
            part = who & group
            if np.count_nonzero(part):
                heappush(heap, (least + domains[depth].gains[0] - gain, steps, depth + 1, part))
        if steps < 0:
            return None
    return found
