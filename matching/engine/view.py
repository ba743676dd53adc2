"""The register as it stands at one moment. A later moment, or a changed register, patches the rows concerned."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matching.engine import bits
from matching.engine.blocks import Table
from matching.engine.columns import ALWAYS, I16, I64, NEVER, U32, U64, WAIT_UNKNOWN, Bools, bits_in
from matching.engine.hours import ONLINE, Some, hours_of, masks_of, table_of
from matching.engine.packing import TAKES_ONE_MORE
from matching.engine.register import Register

# Boundaries so far ahead are remembered; a moment beyond makes a new view. Microseconds.
AHEAD = 24 * 3_600 * 1_000_000
# Of so few rows, hours are worked out from their places rather than read from everybody's.
FEW = 64


@dataclass(frozen=True)
class Boundaries:
    """Moments at which something changes by time alone, ascending, and whose rows they concern."""

    times: I64
    rows: I64


@dataclass(frozen=True)
class View:
    """Holds for each moment in [since, until). `taking`: with a place for a newcomer. `accepting`: with one, or with a
    waiting list that takes one more. `open`: listed and accepting.

    `funders`: by bit, who is paid by it. `ahead`: the boundaries from `until` to `horizon`.
    """

    register: Register
    since: int
    until: int
    listed: U64
    taking: U64
    accepting: U64
    open: U64
    funders: tuple[U64, ...]
    ahead: Boundaries
    horizon: int
    _hours: dict[tuple[int, int], U64] = field(default_factory=dict)

    def weeks(self, rows: I64) -> I16:
        """Return the waits of whoever asks now, in whole weeks: 0 with a place, WAIT_UNKNOWN where nothing is known."""
        told = self.register.weeks_until[rows] > self.since
        weeks = np.where(told, self.register.weeks[rows], np.int16(WAIT_UNKNOWN))
        weeks[bits.has(self.taking, rows)] = 0
        return weeks

    def funded(self, bit: int) -> U64:
        return self.funders[bit] if bit < len(self.funders) else self.register.nobody

    def hours(self, formats: int, mask: int) -> U64:
        """Return who can be had in any part of the week of `mask` by any of `formats`, online or in her first room.

        `formats` are either all online or all in person.
        """
        found = self.register.nobody
        for bit in bits_in(formats & (1 << len(self.register.sets["format"])) - 1):
            table = self._table(bit, 0 if self.register.book.in_person >> bit & 1 else ONLINE)
            for part in bits_in(mask):
                found = found | table[part]
        return found

    def _table(self, bit: int, room: int) -> U64:
        """Return who can be had by one format, by part of the week. Worked out when first asked for."""
        table = self._hours.get((bit, room))
        if table is None:
            hours = _hours(Some(self.register, None, self.since), bit, room)
            table = self._hours[bit, room] = table_of(hours)
        return table

    def room_hours(self, rows: I64, formats: int, room: int) -> U32:
        """Return the hours of some rows' k-th rooms as masks, by formats that are all in person. Rows in any order."""
        if len(rows) > FEW:
            found = np.zeros(len(rows), np.uint32)
            for bit in bits_in(formats & (1 << len(self.register.sets["format"])) - 1):
                found |= masks_of(self._table(bit, room), rows)
            return found
        order = np.argsort(rows, kind="stable")
        asked = Some(self.register, rows[order], self.since)
        found = np.empty(len(rows), np.uint32)
        found[order] = hours_of(asked, formats, _general(self.register, room)[rows[order]], room)
        return found

    def later(self, moment: int) -> "View":
        """Return the view at a moment between `until` and `horizon`."""
        passed = int(np.searchsorted(self.ahead.times, moment, side="right"))
        ahead = Boundaries(self.ahead.times[passed:], self.ahead.rows[passed:])
        rows = np.unique(self.ahead.rows[:passed])
        return _patched(self, Some(self.register, rows, int(self.ahead.times[passed - 1])), ahead)

    def over(self, register: Register, rows: I64) -> "View":
        """Return the same moment of a register in which some rows, ascending, are different."""
        kept = ~np.isin(self.ahead.rows, rows)
        asked = Some(register, rows, self.since)
        times, whose = _boundaries(asked)
        soon = (times > self.since) & (times < self.horizon)
        times = np.concatenate([self.ahead.times[kept], times[soon]])
        whose = np.concatenate([self.ahead.rows[kept], whose[soon]])
        order = np.argsort(times, kind="stable")
        return _patched(self, asked, Boundaries(times[order], whose[order]))


def view_at(register: Register, moment: int) -> View:
    """Judge everything that depends on time at a moment in microseconds since 1970."""
    asked = Some(register, None, moment)
    listed, taking, funders = _standing(asked, _funders(register))
    times, rows = _boundaries(asked)
    horizon = moment + AHEAD
    soon = (times > moment) & (times < horizon)
    order = np.argsort(times[soon], kind="stable")
    ahead = Boundaries(times[soon][order], rows[soon][order])
    since = int(np.max(times, where=times <= moment, initial=-ALWAYS))
    sets = [bits.pack(flags) for flags in (listed, taking, *funders)]
    return _view(register, since, ahead, horizon, sets)


def _view(register: Register, since: int, ahead: Boundaries, horizon: int, sets: list[U64], **kept: Any) -> View:
    listed, taking, *funders = sets
    accepting = taking | register.set_of("list", TAKES_ONE_MORE)
    return View(
        register=register,
        since=since,
        until=int(ahead.times[0]) if len(ahead.times) else horizon,
        listed=listed,
        taking=taking,
        accepting=accepting,
        open=listed & accepting,
        funders=tuple(funders),
        ahead=ahead,
        horizon=horizon,
        **kept,
    )


def _patched(old: View, asked: Some, ahead: Boundaries) -> View:
    """Return a view in which some rows are judged anew at a moment; what does not change is shared."""
    register, rows = asked.register, asked.only
    funders = max(len(old.funders), _funders(register))
    now = _standing(asked, funders)
    before = [old.listed, old.taking, *(old.funded(bit) for bit in range(funders))]
    sets = [bits.put(one, rows, flags) for one, flags in zip(before, (*now[:2], *now[2]), strict=True)]
    hours = {}
    for key, table in list(old._hours.items()):
        hours[key] = bits.put_masks(table, rows, _hours(asked, *key).astype(np.uint64))
    return _view(register, asked.moment, ahead, old.horizon, sets, _hours=hours)


def _funders(register: Register) -> int:
    """Return how many funders' bits there are."""
    return max((mask.bit_length() for mask in register.book.masks.get("funder", {}).values()), default=0)


def _standing(asked: Some, funders: int) -> tuple[Bools, Bools, list[Bools]]:
    """Return of the rows asked about who is listed, who has a place for a newcomer, and whom each funder pays."""
    count = asked.count
    listed = np.zeros(count, bool)
    listed[asked.at(_current(asked.listed, asked.moment)["row"])] = True
    contracts = _current(asked.contracts, asked.moment)
    paid = []
    for bit in range(funders):
        flags = np.zeros(count, bool)
        flags[asked.at(contracts["row"][contracts["funder"] == bit])] = True
        paid.append(flags)
    return listed, asked.taking, paid


def _current(windows: Table, moment: int) -> Table:
    return windows[(windows["starts"] <= moment) & (moment < windows["until"])]


def _boundaries(asked: Some) -> tuple[I64, I64]:
    """Return every moment at which a row changes by time alone, and the rows, in no order."""
    windows = [(table, name) for table in (asked.listed, asked.contracts) for name in ("starts", "until")]
    dated = [*windows, (asked.places, "free_from")]
    told, rows = asked.register.weeks_until, asked.rows
    told = told if rows is None else told[rows]
    forecast = np.flatnonzero(told != NEVER)
    times = np.concatenate([*(table[name] for table, name in dated), told[forecast]])
    whose = [*(table["row"] for table, _ in dated), forecast if rows is None else rows[forecast]]
    return times, np.concatenate(whose).astype(np.int64)


def _hours(asked: Some, bit: int, room: int) -> U32:
    general = _general(asked.register, room)
    return hours_of(asked, 1 << bit, general if asked.rows is None else general[asked.rows], room)


def _general(register: Register, room: int) -> U32:
    """Return by row the hours online, or in k-th rooms, whatever places are free."""
    if room == ONLINE:
        return register.online_hours
    if room == 0:
        return register.locations.hours[: register.capacity]
    general = np.zeros(register.capacity, np.uint32)
    # When somebody goes, nobody may be left who has so many.
    for rows, rooms in register.further[room - 1 : room]:
        general[rows] = register.locations.hours[rooms]
    return general
