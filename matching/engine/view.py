"""The register as it stands at one moment, kept until the next moment at which anything changes by time alone."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.columns import ALL_BITS, ALL_HOURS, ALWAYS, I32, I64, U32, U64, Bools, Register

Hours = tuple[U32, U32]


@dataclass(frozen=True)
class View:
    """Holds for each moment in [since, until). `free`: places for a newcomer. `funders`: who pays, in words of bits.

    `open`: listed, with a place for a newcomer.
    """

    register: Register
    since: int
    until: int
    listed: Bools
    free: I32
    place_free: Bools
    funders: tuple[U64, ...]
    open: Bools
    open_rows: I64
    _hours: dict[int, Hours] = field(default_factory=dict)
    _opened: dict[str, NDArray[Any]] = field(default_factory=dict)

    def opened(self, key: str, column: NDArray[Any]) -> NDArray[Any]:
        """Return a column of therapists for the open rows alone, kept: every ranking begins with all of them."""
        found = self._opened.get(key)
        if found is None:
            found = self._opened[key] = column[self.open_rows]
        return found

    def hours(self, formats: int) -> Hours:
        """Return (hours per location, online hours per therapist) that can be had by the formats in a mask."""
        found = self._hours.get(formats)
        if found is None:
            found = self._hours[formats] = _hours_for(self, formats)
        return found


class _Moment:
    """Compares boundaries with a moment, and remembers how long the answers hold."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.since = -ALWAYS
        self.until = ALWAYS

    def past(self, boundaries: I64) -> Bools:
        reached = boundaries <= self.at
        self.since = max(self.since, int(np.max(boundaries, where=reached, initial=-ALWAYS)))
        self.until = min(self.until, int(np.min(boundaries, where=~reached, initial=ALWAYS)))
        return reached

    def within(self, starts: I64, until: I64) -> Bools:
        return self.past(starts) & ~self.past(until)


def view_at(register: Register, at: int) -> View:
    """Judge everything that depends on time at a moment in microseconds since 1970."""
    moment = _Moment(at)
    therapists, places = register.therapists, register.places
    stands = moment.within(therapists.stands_from, therapists.stands_until)
    windows = register.windows
    stands[windows.row[moment.within(windows.starts, windows.until)]] = True
    full_month = moment.within(therapists.limit_from, therapists.limit_until)
    listed = therapists.settled & stands & ~moment.past(therapists.confirmed_until) & ~full_month
    place_free = moment.past(places.free_from)
    counted = np.bincount(places.row[place_free], minlength=register.size).astype(np.int32)
    free = np.maximum(counted - therapists.offerable, 0).astype(np.int32)
    funders = _funders(register, moment)
    return View(
        register=register,
        since=moment.since,
        until=moment.until,
        listed=listed,
        free=free,
        place_free=place_free,
        funders=funders,
        open=listed & (free > 0),
        open_rows=np.flatnonzero(listed & (free > 0)),
    )


def _funders(register: Register, moment: _Moment) -> tuple[U64, ...]:
    contracts = register.contracts
    valid = moment.within(contracts.starts, contracts.until)
    row, funder = contracts.row[valid], contracts.funder[valid]
    words = int(contracts.funder.max()) // 64 + 1 if len(contracts.funder) else 1
    columns = []
    for word in range(words):
        column = np.zeros(register.size, np.uint64)
        mine = funder // 64 == word
        np.bitwise_or.at(column, row[mine], np.uint64(1) << (funder[mine] % 64).astype(np.uint64))
        columns.append(column)
    return tuple(columns)


def _hours_for(view: View, formats: int) -> Hours:
    """General hours, except where a free place fixes a day, time, format or room: there, the hours of free places."""
    register = view.register
    locations = register.locations
    offered = register.therapists.sets["format"][0]
    in_person = offered & np.uint64(formats & register.book.in_person)
    remote = offered & np.uint64(formats & ~register.book.in_person & ALL_BITS)
    at_location = np.where(in_person[locations.row] != 0, locations.hours, np.uint32(0))
    online = np.where(remote != 0, register.therapists.online_hours, np.uint32(0))
    places = register.places
    fixed = (places.hours != ALL_HOURS) | (places.formats != ALL_BITS) | (places.location != 0)
    bound = np.zeros(register.size, bool)
    bound[places.row[fixed & view.place_free]] = True
    if bound.any():
        at_location[bound[locations.row]] = 0
        online[bound] = 0
        concerned = np.flatnonzero(view.place_free & bound[places.row])
        _add_online(register, concerned, remote, online)
        _add_at_locations(register, concerned, in_person, at_location)
    return at_location, online


def _add_online(register: Register, concerned: I64, remote: U64, online: U32) -> None:
    places = register.places
    row = places.row[concerned]
    fits = ((places.formats[concerned] & remote[row]) != 0) & (places.location[concerned] == 0)
    concerned, row = concerned[fits], row[fits]
    general = register.therapists.online_hours[row]
    np.bitwise_or.at(online, row, _place_hours(register, concerned, general))


def _add_at_locations(register: Register, concerned: I64, in_person: U64, at_location: U32) -> None:
    places, locations = register.places, register.locations
    row = places.row[concerned]
    concerned = concerned[(places.formats[concerned] & in_person[row]) != 0]
    for slot in register.slots:
        location = slot[places.row[concerned]]
        wanted = places.location[concerned]
        fits = (location >= 0) & ((wanted == 0) | (wanted == locations.ids[location]))
        here, these = location[fits], concerned[fits]
        np.bitwise_or.at(at_location, here, _place_hours(register, these, locations.hours[here]))


def _place_hours(register: Register, these: I64, general: U32) -> U32:
    """A place whose day and time are both fixed says its hour; any other narrows the general hours."""
    fixed = register.places.hours[these]
    return np.where(register.places.exact[these], fixed, fixed & general)
