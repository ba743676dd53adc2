"""Hard rules, fit and order: the same answer for the same inputs, to the last place. Integers throughout."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clients.preferences import Stated
from matching.engine.columns import I8, I32, I64, U64, Register, microseconds
from matching.engine.grid import Grid
from matching.engine.plan import MEANS, UNSPOKEN, Plan, plan_of
from matching.engine.reach import NOT_STATED, PARTLY, Candidates, Reach, near_rooms, passes, reach_of
from matching.engine.rules import profile_rules
from matching.engine.states import item_states
from matching.engine.view import View, view_at

ENGINE_VERSION = "1"
BANDS = 20
ORDERS = ("fit", "distance", "wait", "fee")
# A match of one, in the unit that every share of it (halves, thirds, quarters ...) divides.
WHOLE = 1680

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_LAST = 2**62


class Lens:
    """A register with the derived parts that ranking needs: its grid, and its view at the moment last asked about."""

    def __init__(self, register: Register, grid: Grid | None = None) -> None:
        self.register = register
        self.grid = grid or Grid.of(register.locations)
        self._view: View | None = None

    def at(self, moment: int) -> View:
        """Return the view at a moment. One slot: web processes ask about now, and now moves on."""
        view = self._view
        if view is None or not view.since <= moment < view.until:
            view = self._view = view_at(self.register, moment)
        return view


@dataclass(frozen=True)
class Ranked:
    """The first of the list. Arrays are aligned with `ids`; `eligible` counts the whole list.

    `rooms` is the index of the room shown, -1 for none; `squares` metres squared to it.
    """

    plan: Plan
    view: View
    rows: I64
    ids: I64
    bands: I8
    rooms: I32
    squares: I64
    reach: Reach
    eligible: int
    pool: tuple[I64, I8]

    def equals(self, n: int) -> I64:
        """Return the rows of all whose band is that of the n-th of the list, from 1 to as many as are here.

        For lists in the order "fit" that begin at the beginning: only there does nothing but lots order them.
        """
        rows, bands = self.pool
        found: I64 = rows[bands == self.bands[n - 1]]
        return found


def rank(
    stated: Stated,
    lens: Lens,
    weights: Mapping[str, int],
    seed: int,
    as_of: datetime.datetime,
    *,
    silent: tuple[int, ...] = (),
    limit: int = 20,
    offset: int = 0,
    order: str = "fit",
) -> Ranked:
    """Rank a register for a statement. `weights`: by domain, in hundredths; `seed`: unsigned, 64 bits.

    `silent` therapists read as not listed. Raises ValueError for an unknown order.
    """
    if order not in ORDERS:
        raise ValueError(f"unknown order {order!r}")
    plan = plan_of(stated, lens.register.book)
    view = lens.at(microseconds(as_of))
    candidates = _start(plan, view, lens.grid)
    candidates = _without(candidates, (*silent, *stated.not_these_therapists))
    for rule in profile_rules(plan):
        candidates = candidates.take(rule.holds(candidates))
    # Rows found by the grid are few enough to measure each room.
    grid = None if plan.only_rooms else lens.grid
    reach = reach_of(candidates, rooms=plan.rooms_matter or order == "distance", grid=grid)
    if plan.way_rules:
        kept = passes(candidates, reach)
        if not kept.all():
            candidates, reach = candidates.take(kept), _take(reach, np.flatnonzero(kept))
    bands = fit(candidates, reach, weights)
    first = _first(_primary(order, candidates, reach, bands), candidates, bands, seed, offset + limit)[offset:]
    shown = Candidates(plan, view, candidates.rows[first])
    return _ranked(shown, bands[first], (candidates.rows, bands))


def fit(candidates: Candidates, reach: Reach, weights: Mapping[str, int]) -> I8:
    """Return the band of each candidate, 0 to 20, over what was stated and is not a must."""
    total = 0
    gained = np.zeros(len(candidates.rows), np.int64)
    for domain, items in candidates.plan.wishes.items():
        weight = int(weights.get(domain, 0)) * max(item.strength for item in items)
        if weight <= 0:
            continue
        total += weight
        gained += _share(domain, [item_states(item, candidates, reach) for item in items]) * weight
    if not total:
        return np.full(len(candidates.rows), BANDS, np.int8)
    return (BANDS * gained // (WHOLE * total)).astype(np.int8)


def _share(domain: str, states: list[I8]) -> I64:
    """Return M, the part of WHOLE that a domain's items give together."""
    if domain in UNSPOKEN:
        states = [np.where(one == NOT_STATED, PARTLY, one).astype(np.int8) for one in states]
    if domain in MEANS:
        together: I64 = np.add.reduce(states, axis=0, dtype=np.int64)
        return together * WHOLE // (2 * len(states))
    best = states[0]
    for one in states[1:]:
        best = np.maximum(best, one)
    return best.astype(np.int64) * (WHOLE // 2)


def rotation(seed: int, ids: I64) -> U64:
    """Return splitmix64(seed XOR id): every id gets a number of its own, so no two candidates tie."""
    mixed = (ids.astype(np.uint64) ^ np.uint64(seed % 2**64)) + _MIX[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[1]
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[2]
    return mixed ^ (mixed >> np.uint64(31))


def _start(plan: Plan, view: View, grid: Grid) -> Candidates:
    """Begin with everybody listed who has a place; where only nearby rooms can do, with those nearby."""
    if not plan.only_rooms:
        return Candidates(plan, view, view.open_rows)
    near = np.zeros(view.register.size, bool)
    near[view.register.locations.row[near_rooms(plan, grid)]] = True
    return Candidates(plan, view, np.flatnonzero(near & view.open))


def _without(candidates: Candidates, ids: tuple[int, ...]) -> Candidates:
    if not ids:
        return candidates
    return candidates.take(~np.isin(candidates.rows, candidates.view.register.rows_of(ids)))


def _take(reach: Reach, kept: I64) -> Reach:
    return Reach(**{name: column[kept] for name, column in vars(reach).items()})


def _primary(order: str, candidates: Candidates, reach: Reach, bands: I8) -> I64:
    """Return what the list is sorted by before anything else, ascending."""
    if order == "distance":
        known = reach.room_ok & (candidates.plan.in_person and candidates.plan.stated.point is not None)
        return np.where(known, reach.square, _LAST)
    if order == "fee":
        fee = candidates.view.register.therapists.fee[candidates.rows].astype(np.int64)
        return np.where(fee < 0, _LAST, fee)
    # Everybody here has a place for a newcomer, so every wait is the same: 0 weeks.
    return BANDS - bands.astype(np.int64)


def _first(primary: I64, candidates: Candidates, bands: I8, seed: int, count: int) -> I64:
    """Return the positions of the first `count`, in order, without sorting those behind them."""
    if count <= 0:
        return np.empty(0, np.int64)
    ids = candidates.view.register.therapists.ids
    positions = np.arange(len(primary))
    if count < len(primary):
        edge = np.partition(primary, count - 1)[count - 1]
        positions = np.flatnonzero(primary < edge)
        tied, open_ends = np.flatnonzero(primary == edge), count - len(positions)
        # Of those tied at the edge only the first few turns are wanted, and nearly all are tied there.
        urgent = (rotation(seed, ids[candidates.rows[tied]]) >> np.uint64(5)) | (
            (BANDS - bands[tied]).astype(np.uint64) << np.uint64(59)
        )
        limit = np.partition(urgent, open_ends - 1)[open_ends - 1]
        positions = np.concatenate([positions, tied[urgent <= limit]])
    turns = rotation(seed, ids[candidates.rows[positions]])
    ordered = np.lexsort((turns, -bands[positions], primary[positions]))
    return positions[ordered[:count]]


def _ranked(shown: Candidates, bands: I8, pool: tuple[I64, I8]) -> Ranked:
    """Judge the rooms of those shown, every one of them, so that distance and words can be given."""
    reach = reach_of(shown, rooms=shown.plan.in_person)
    return Ranked(
        plan=shown.plan,
        view=shown.view,
        rows=shown.rows,
        ids=shown.view.register.therapists.ids[shown.rows],
        bands=bands,
        rooms=np.where(reach.room_ok, reach.room, -1).astype(np.int32),
        squares=reach.square,
        reach=reach,
        eligible=len(pool[0]),
        pool=pool,
    )
