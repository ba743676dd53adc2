"""Which people a therapist's places can hold together, and who then sits where.

Places that fit the same people are one *kind*. People can be seated together when, for every set of kinds, no more of
them depend on it than it has places (Hall's theorem): a table with one number for each set of kinds answers that for
thousands of therapists at once. Whoever has many kinds of place is judged by moving people about, one after another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from matching.engine.columns import I64, U32, U64, Bools
from matching.moving import seated_in_order, takes_in_order

# A table has 2 ** kinds numbers: up to here it is the quicker way.
WIDEST = 6
_PLAIN, _TABLE, _WIDE = 0, 1, 2
_NONE_LEFT = 2**63 - 1


def positions(groups: I64) -> I64:
    """Return each row's number within its group, from 0. Rows of a group stand together."""
    first = _begins(groups)
    return np.arange(len(groups)) - np.repeat(first, np.diff(first, append=len(groups)))


def packed(*keys: I64) -> I64:
    """Return one number per row that orders the rows as several do, the first key first. Up to 2 ** 31 rows."""
    whole = keys[0]
    for key in keys[1:] if len(whole) else ():
        whole = _two(whole, key)
    return whole


def _two(first: I64, second: I64) -> I64:
    while True:
        low, other = int(first.min()), int(second.min())
        span, width = int(first.max()) - low + 1, int(second.max()) - other + 1
        if span * width < 2**63:
            return (first - low) * width + (second - other)
        # Of a number that takes too much room only its place among the others matters.
        if span > width:
            first = np.unique(first, return_inverse=True)[1]
        else:
            second = np.unique(second, return_inverse=True)[1]


def _begins(groups: I64) -> I64:
    new = np.ones(len(groups), bool)
    new[1:] = groups[1:] != groups[:-1]
    return np.flatnonzero(new)


@dataclass(frozen=True)
class Kinds:
    """Kinds of place. `first`, `count`: each therapist's stretch of kinds; `begin`, `size`: each kind's stretch of
    `rows`, the rows of places by therapist, kind and id. `ids` are by row of place.
    """

    first: I64
    count: I64
    hours: U32
    formats: U64
    begin: I64
    size: I64
    rows: I64
    ids: I64

    @classmethod
    def of(cls, therapist: I64, ids: I64, hours: U32, formats: U64, therapists: int) -> "Kinds":
        """Sort places into kinds. Arrays are by place; `therapist` are numbers from 0 to `therapists` - 1."""
        order = np.lexsort((ids, formats, hours, therapist))
        whose, hours, formats = therapist[order], hours[order], formats[order]
        new = np.ones(len(order), bool)
        new[1:] = (whose[1:] != whose[:-1]) | (hours[1:] != hours[:-1]) | (formats[1:] != formats[:-1])
        begin = np.flatnonzero(new)
        count = np.bincount(whose[begin], minlength=therapists)
        return cls(
            first=np.cumsum(count) - count,
            count=count,
            hours=hours[begin],
            formats=formats[begin],
            begin=begin,
            size=np.diff(begin, append=len(order)),
            rows=order,
            ids=ids,
        )

    def seating(self, therapist: I64, hours: U32, formats: U64) -> "Seating":
        """Judge entries against places. Arrays are by entry; `therapist` -1: one without any place."""
        some, every = np.zeros(len(therapist), bool), np.ones(len(therapist), bool)
        masks = np.zeros(len(therapist), np.int64)
        rows, nth = np.flatnonzero(therapist >= 0), 0
        while len(rows):
            kind = self.first[therapist[rows]] + nth
            fits = ((self.hours[kind] & hours[rows]) != 0) & ((self.formats[kind] & formats[rows]) != 0)
            some[rows] |= fits
            every[rows] &= fits
            if nth < WIDEST:
                masks[rows] |= fits.astype(np.int64) << nth
            nth += 1
            rows = rows[self.count[therapist[rows]] > nth]
        way = np.full(len(self.count), _PLAIN)
        way[therapist[some & ~every]] = _TABLE
        way[(way == _TABLE) & (self.count > WIDEST)] = _WIDE
        return Seating(self, therapist, some, masks, way, hours, formats)


@dataclass(frozen=True)
class Seating:
    """Entries against kinds of place. `fits`: some place does; `masks`: which of a therapist's first kinds (bits);
    `way`, by therapist: how to tell whom her places hold. Where all of her list fits all of her places, by counting.
    """

    kinds: Kinds
    therapist: I64
    fits: Bools
    masks: I64
    way: I64
    hours: U32
    formats: U64

    @cached_property
    def capacity(self) -> I64:
        """Return how many places each therapist has."""
        end = np.cumsum(self.kinds.size)
        last = self.kinds.first + self.kinds.count
        ends = np.concatenate([[0], end])
        places: I64 = ends[last] - ends[self.kinds.first]
        return places

    def taken(self, rows: I64) -> Bools:
        """Return which of these entries are taken. `rows`: entries that fit, by therapist, each list in its order."""
        whose = self.therapist[rows]
        taken: Bools = positions(whose) < self.capacity[whose]
        way = self.way[whose]
        tabled = np.flatnonzero(way == _TABLE)
        if len(tabled):
            taken[tabled] = self._room(rows[tabled]).take_in_order()
        for one in self._groups(whose, way):
            taken[one] = takes_in_order(self._options(rows[one]))
        return taken

    def places(self, rows: I64) -> I64:
        """Return the row of each entry's place: in the order of the list, the one with the lowest id that leaves
        everybody after her one. `rows`: entries taken together, by therapist, each list in its order.
        """
        whose = self.therapist[rows]
        way = self.way[whose]
        kinds = self.kinds
        by_id = kinds.rows[np.lexsort((kinds.ids[kinds.rows], np.repeat(self._owner, kinds.size)))]
        places: I64 = by_id[(np.cumsum(self.capacity) - self.capacity)[whose] + positions(whose)]
        tabled = np.flatnonzero(way == _TABLE)
        if len(tabled):
            places[tabled] = self._room(rows[tabled]).seat_in_order()
        for one in self._groups(whose, way):
            places[one] = seated_in_order(self._options(rows[one]))
        return places

    @cached_property
    def _owner(self) -> I64:
        """Return the therapist of each kind."""
        return np.repeat(np.arange(len(self.kinds.count)), self.kinds.count)

    @staticmethod
    def _groups(whose: I64, way: I64) -> Iterator[I64]:
        wide = np.flatnonzero(way == _WIDE)
        yield from np.split(wide, _begins(whose[wide])[1:]) if len(wide) else ()

    def _options(self, rows: I64) -> list[list[int]]:
        """Return for entries with one therapist the rows of the places that fit, in order of id."""
        kinds = self.kinds
        at = self.therapist[rows[0]]
        own = slice(kinds.first[at], kinds.first[at] + kinds.count[at])
        places = kinds.rows[kinds.begin[own][0] :][: int(self.capacity[at])]
        of_place = np.repeat(np.arange(kinds.count[at]), kinds.size[own])
        ascending = np.argsort(kinds.ids[places])
        places, of_place = places[ascending], of_place[ascending]
        fits = (kinds.hours[own] & self.hours[rows, None]) != 0
        fits &= (kinds.formats[own] & self.formats[rows, None]) != 0
        return [places[one[of_place]].tolist() for one in fits]

    def _room(self, rows: I64) -> "_Room":
        whose = self.therapist[rows]
        first = _begins(whose)
        group = np.repeat(np.arange(len(first)), np.diff(first, append=len(rows)))
        kinds, whose = self.kinds, whose[first]
        width = int(kinds.count[whose].max())
        nth = np.arange(width)
        has = nth < kinds.count[whose, None]
        kind = np.where(has, kinds.first[whose, None] + nth, 0)
        return _Room(kinds, kind, np.where(has, kinds.size[kind], 0), group, self.masks[rows])


@dataclass(frozen=True)
class _Room:
    """Places of several therapists (rows), each with up to K kinds (columns), and people in the order of their lists:
    `group` is a person's row, `masks` the kinds that fit.
    """

    kinds: Kinds
    kind: I64
    size: I64
    group: I64
    masks: I64

    def take_in_order(self) -> Bools:
        """Return who is taken: everybody, one after another, for whom all taken so far can still be seated."""
        _, over, _ = _sets(self.size.shape[1])
        spare = self._spare()
        taken = np.zeros(len(self.group), bool)
        for people in self._turns():
            group, needs = self.group[people], over[self.masks[people]]
            can: Bools = np.all((spare[group] > 0) | ~needs, axis=1)
            spare[group] -= needs & can[:, None]
            taken[people] = can
        return taken

    def seat_in_order(self) -> I64:
        """Return rows of places for people who can all be seated."""
        member, over, blocks = _sets(self.size.shape[1])
        spare = self._spare()
        for people in self._turns():
            spare[self.group[people]] -= over[self.masks[people]]
        used = np.zeros_like(self.size)
        places = np.zeros(len(self.group), np.int64)
        for people in self._turns():
            group, mask = self.group[people], self.masks[people]
            # To sit in a kind takes one place from each set that has it, and gives one back where she was counted.
            leaves = ((spare[group][:, None, :] > 0) | ~blocks[mask]).all(axis=2)
            leaves &= (mask[:, None] >> np.arange(self.size.shape[1]) & 1) == 1
            row = self.kinds.rows[np.where(leaves, self.kinds.begin[self.kind[group]] + used[group], 0)]
            chosen = np.where(leaves, self.kinds.ids[row], _NONE_LEFT).argmin(axis=1)
            person = np.arange(len(people))
            places[people] = row[person, chosen]
            used[group, chosen] += 1
            spare[group] += over[mask]
            spare[group] -= member[chosen]
        return places

    def _spare(self) -> NDArray[np.int32]:
        """Return for each set of kinds how many places it has."""
        member, _, _ = _sets(self.size.shape[1])
        spare: NDArray[np.int32] = (self.size @ member).astype(np.int32)
        return spare

    def _turns(self) -> Sequence[I64]:
        """Return the first of every list, then the second of every list, and so on."""
        nth = positions(self.group)
        order = np.argsort(nth, kind="stable")
        return np.split(order, _begins(nth[order])[1:])


@cache
def _sets(width: int) -> tuple[NDArray[np.int32], Bools, Bools]:
    """Return tables about sets of `width` kinds: a set is a mask.

    [kind, set]: 1 when the set has the kind. [set, set]: whether the second holds the first. [set, kind, set]: whether
    somebody of the first set who sits in the kind takes a place from the last, without having been counted there.
    """
    sets = np.arange(2**width)
    member = (sets >> np.arange(width)[:, None] & 1).astype(np.int32)
    over = (sets[:, None] & ~sets) == 0
    return member, over, (member[None] == 1) & ~over[:, None]
