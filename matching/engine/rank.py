"""Hard rules, fit and order: the same answer for the same inputs, to the last place. Integers throughout."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from clients.preferences import Stated
from matching.engine import bits
from matching.engine.columns import I8, I16, I32, I64, U8, U64, microseconds
from matching.engine.fit import BANDS, WHOLE, bands_of, best_bands, fit_of
from matching.engine.lens import Lens
from matching.engine.packing import FEE_BEYOND
from matching.engine.plan import Plan, plan_of
from matching.engine.rooms import Reach, no_rooms, reach_of
from matching.engine.rotation import first_of, rotation
from matching.engine.rules import profile_rules
from matching.engine.scope import Scope
from matching.engine.view import View
from matching.engine.ways import Ways, passes, ways_of

__all__ = ["BANDS", "ENGINE_VERSION", "ORDERS", "WHOLE", "Lens", "Ranked", "rank", "rotation"]

# "2": waiting lists are listed too, and ordered by their wait.
ENGINE_VERSION = "2"
ORDERS = ("fit", "distance", "wait", "fee")
# With few candidates each is judged. With more, combinations of groups are tried, so many at most; then all rows are.
STEPS = 256

_LAST = 2**62


@dataclass(frozen=True)
class Found:
    """Candidates by band: bitmaps of the best bands, or rows with their bands."""

    best: dict[int, list[U64]] = field(default_factory=dict)
    rows: I64 | None = None
    bands: U8 | None = None

    @property
    def in_order(self) -> list[int]:
        """Return the bands that anybody is in, descending."""
        if self.rows is None or self.bands is None:
            return list(self.best)
        found: list[int] = np.flatnonzero(np.bincount(self.bands))[::-1].tolist()
        return found

    def rows_of(self, band: int, among: U64) -> I64:
        """Return the rows in a band of those in a set."""
        if self.rows is None or self.bands is None:
            whole = np.bitwise_or.reduce(self.best[band]) if len(self.best[band]) > 1 else self.best[band][0]
            return bits.rows_in(whole & among)
        rows: I64 = self.rows[self.bands == band]
        return rows[bits.has(among, rows)]

    def equals(self, band: int, weeks: int, view: View) -> I64:
        """Return the rows in a band who wait equally long."""
        if not weeks:
            return self.rows_of(band, view.taking)
        later = self.rows_of(band, ~view.taking)
        equal: I64 = later[view.weeks(later) == weeks]
        return equal


@dataclass(frozen=True)
class Ranked:
    """The first of the list. Arrays are aligned with `ids`; `eligible` counts the whole list, `with_place` those of
    it with a place for a newcomer now.
    """

    plan: Plan
    view: View
    rows: I64
    ids: I64
    bands: I8
    eligible: int
    with_place: int
    _found: Found = field(repr=False, compare=False)

    @cached_property
    def reach(self) -> Reach:
        """Return where each could be met, every room of hers considered. Worked out when first asked for."""
        scope = Scope(self.plan, self.view, self.rows)
        return reach_of(scope) if self.plan.in_person else no_rooms(len(self.rows))

    @property
    def rooms(self) -> I32:
        """Return the index of the room shown, -1 for none."""
        return np.where(self.reach.room_ok, self.reach.room, -1).astype(np.int32)

    @property
    def squares(self) -> I64:
        """Return metres squared to that room."""
        return self.reach.square

    @cached_property
    def weeks(self) -> I16:
        """Return the waits, as View.weeks."""
        return self.view.weeks(self.rows)

    def equals(self, n: int) -> I64:
        """Return the rows of everybody whose band and wait are those of the n-th listed (from 1), her own included."""
        return self._found.equals(int(self.bands[n - 1]), int(self.weeks[n - 1]), self.view)


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
    few: int | None = None,
    steps: int = STEPS,
) -> Ranked:
    """Rank a register for a statement. `weights`: by domain, in hundredths; `seed`: unsigned, 64 bits.

    `silent` therapists read as not listed. `few` (None: as many as a bitmap has words) and `steps` decide how the
    answer is found, never what it is. Raises ValueError for an unknown order.
    """
    if order not in ORDERS:
        raise ValueError(f"unknown order {order!r}")
    plan = plan_of(stated, lens.register.book)
    scope = Scope(plan, lens.at(microseconds(as_of)))
    among, ways = candidates(scope, silent)
    eligible, need = bits.count(among), offset + max(limit, 0)
    with_place = bits.count(among & scope.view.taking)
    by_fit = order == "fit"
    if eligible > (lens.register.words if few is None else few) and by_fit:
        fit = fit_of(scope, ways, weights, among)
        best = best_bands(fit, among, need, steps)
        found = Found(best) if best is not None else _unpacked(among, bands_of(fit, among))
    else:
        rows = bits.rows_in(among)
        some, everyone = scope.at(rows), np.ones(len(rows), bool)
        fit = fit_of(some, ways.at(some), weights, everyone)
        found = Found(rows=rows, bands=bands_of(fit, everyone))
    rows, bands = _first(found, scope.view, seed, need) if by_fit else _first_by(order, scope, found, seed, need)
    rows, bands = rows[offset:], bands[offset:]
    return Ranked(plan, scope.view, rows, lens.register.ids[rows], bands, eligible, with_place, found)


def candidates(scope: Scope, silent: tuple[int, ...]) -> tuple[U64, Ways]:
    """Return who passes every hard rule, and how they could be met."""
    plan, view = scope.plan, scope.view
    among = view.open
    without = view.register.rows_of((*silent, *plan.stated.not_these_therapists))
    if len(without):
        among = bits.put(among, np.unique(without), np.zeros(len(np.unique(without)), bool))
    for _name, passed in profile_rules(scope):
        among = among & passed
    ways = ways_of(scope, among, rooms=plan.rooms_matter)
    if plan.way_rules:
        among = among & passes(scope, ways)
    return among, ways


def _unpacked(among: U64, bands: U8) -> Found:
    rows = bits.rows_in(among)
    return Found(rows=rows, bands=bands[rows])


def _first(found: Found, view: View, seed: int, need: int) -> tuple[I64, I8]:
    """Return the rows of the first, band after band, in each by their wait, equals by rotation; and their bands."""
    rows, bands, missing, ids = [np.empty(0, np.int64)], [np.empty(0, np.int8)], need, view.register.ids
    for band in found.in_order:
        for taking in (True, False):
            if missing <= 0:
                break
            theirs = found.rows_of(band, view.taking if taking else ~view.taking)
            chosen = theirs[first_of(ids[theirs], seed, missing)] if taking else _soonest(view, theirs, seed, missing)
            rows.append(chosen)
            bands.append(np.full(len(chosen), band, np.int8))
            missing -= len(chosen)
    return np.concatenate(rows), np.concatenate(bands)


def _soonest(view: View, rows: I64, seed: int, count: int) -> I64:
    """Return the first rows by wait, equals by rotation. Of very many with one wait only the first take turns."""
    weeks, ids = view.weeks(rows), view.register.ids
    edge = np.partition(weeks, count)[count] if count < len(rows) else weeks.max(initial=0)
    sooner, last = rows[weeks < edge], rows[weeks == edge]
    sooner = sooner[np.lexsort((rotation(seed, ids[sooner]), weeks[weeks < edge]))]
    return np.concatenate([sooner, last[first_of(ids[last], seed, count - len(sooner))]])


def _first_by(order: str, scope: Scope, found: Found, seed: int, need: int) -> tuple[I64, I8]:
    """Return the rows that come first by distance, wait or fee, then by band, wait and rotation; and their bands."""
    rows, bands = found.rows, found.bands
    if rows is None or bands is None:
        raise ValueError("this order needs the bands of all rows")
    primary = _primary(order, scope.at(rows))
    if need < len(rows):
        near = np.flatnonzero(primary <= np.partition(primary, need)[need])
        rows, bands, primary = rows[near], bands[near], primary[near]
    turns = rotation(seed, scope.register.ids[rows])
    ordered = np.lexsort((turns, scope.view.weeks(rows), -bands.astype(np.int8), primary))[:need]
    return rows[ordered], bands[ordered].astype(np.int8)


def _primary(order: str, scope: Scope) -> I64:
    """Return what the list is sorted by before anything else, ascending."""
    if order == "fee":
        fee = scope.register.fee[scope.some].astype(np.int64)
        return np.where(fee == FEE_BEYOND, _LAST, fee)
    if order == "wait":
        return scope.view.weeks(scope.some).astype(np.int64)
    if not scope.plan.in_person or scope.plan.stated.point is None:
        return np.full(len(scope.some), _LAST)
    reach = reach_of(scope)
    return np.where(reach.room_ok, reach.square, _LAST)
