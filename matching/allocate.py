"""Who on the waiting lists is offered which freed place: client-proposing deferred acceptance, on arrays.

Each client has entries on lists, in her own order. Each therapist has one order over her list and takes from its top:
the first person, then everybody further down for whom the people taken so far still all have a place that fits, moved
among that therapist's places where it helps. A client does not mind which of a therapist's places she gets.

The outcome is stable: nobody has an entry she prefers to what she got, at a therapist who could fit her in beside those
taken there, or instead of somebody further down the same list. Of all stable outcomes every client likes this one best,
and no client gets a better place by giving another order, fewer entries, or narrower hours than she has. Nobody is
taken whom no place of that therapist fits.

No database, no clock, no randomness: the same rows in any order give the same answer.
"""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.columns import ALL_BITS, ALL_HOURS, I64, U32, U64
from matching.fitting import Kinds, Seating, packed, positions

_TURN_BITS = 32


@dataclass(frozen=True)
class Waiting:
    """One row per entry of a client on a therapist's list; every array has shape (n,).

    `id`: unique. `rank`: the client's order, lower first, unique for a client, who has one entry per therapist.
    `priority`, `since` (microseconds since 1970), then `id`: the order of the list, lower first.
    `hours` (mask of 21 parts of the week) and `formats` (mask): what this client can do; 0 fits nothing.
    """

    id: I64
    client: I64
    therapist: I64
    rank: I64
    priority: I64
    since: I64
    hours: U32
    formats: U64

    @classmethod
    def of(
        cls,
        *,
        id: ArrayLike,
        client: ArrayLike,
        therapist: ArrayLike,
        rank: ArrayLike,
        since: ArrayLike,
        priority: ArrayLike = 0,
        hours: ArrayLike = ALL_HOURS,
        formats: ArrayLike = ALL_BITS,
    ) -> Self:
        """Make it of anything that holds whole numbers; one number stands for a whole column. Raises ValueError."""
        given = {"id": id, "client": client, "therapist": therapist, "rank": rank, "priority": priority}
        return cls(**_columns(cls, {**given, "since": since, "hours": hours, "formats": formats}))


@dataclass(frozen=True)
class Freed:
    """One row per free place; every array has shape (m,). `id`: unique. `hours`, `formats`: masks of what fits it.

    A place without a day has `hours` all ones, one without a format `formats` all ones.
    """

    id: I64
    therapist: I64
    hours: U32
    formats: U64

    @classmethod
    def of(
        cls,
        *,
        id: ArrayLike,
        therapist: ArrayLike,
        hours: ArrayLike = ALL_HOURS,
        formats: ArrayLike = ALL_BITS,
    ) -> Self:
        """Make it of anything that holds whole numbers; one number stands for a whole column. Raises ValueError."""
        return cls(**_columns(cls, {"id": id, "therapist": therapist, "hours": hours, "formats": formats}))


@dataclass(frozen=True)
class Allocation:
    """Ids of the entries that get a place, ascending, and the ids of their places beside them; both int64, (k,)."""

    entries: I64
    places: I64


def allocate(waiting: Waiting, freed: Freed) -> Allocation:
    """Return who gets which place. Raises ValueError, naming the array, for input that is not as described."""
    _check(waiting, freed)
    order = _client_order(waiting)
    therapists, of_place = np.unique(freed.therapist, return_inverse=True)
    kinds = Kinds.of(of_place, freed.id, freed.hours, freed.formats, len(therapists))
    seating = kinds.seating(_numbers(therapists, waiting.therapist), waiting.hours, waiting.formats)
    entries = _settle(_market(waiting, order, seating), seating)
    places = seating.places(entries)
    ascending = np.argsort(waiting.id[entries])
    return Allocation(waiting.id[entries[ascending]], freed.id[places[ascending]])


@dataclass(frozen=True)
class _Market:
    """Entries that some place fits, in each client's order. `rows`: their rows in Waiting; `key` sorts them by
    therapist and list; `owner`: the client's number; `first` and `end`: each client's stretch of entries.
    """

    rows: I64
    key: I64
    owner: I64
    first: I64
    end: I64


def _market(waiting: Waiting, order: I64, seating: Seating) -> _Market:
    rows = order[seating.fits[order]]
    client = waiting.client[rows]
    owner = np.cumsum(np.concatenate([[0], client[1:] != client[:-1]]))[: len(rows)]
    count = np.bincount(owner)
    end = np.cumsum(count)
    turn = np.empty(len(order), np.int64)
    turn[np.argsort(packed(waiting.priority, waiting.since, waiting.id))] = np.arange(len(order))
    # One number that sorts by therapist, and then in the order of the list.
    key = seating.therapist[rows] << _TURN_BITS | turn[rows]
    return _Market(rows, key, owner, end - count, end)


def _settle(market: _Market, seating: Seating) -> I64:
    """Return the entries (rows in Waiting) taken when nobody has anybody left to ask: by therapist, in list order.

    Everybody without a place asks the next on her list at once; who is turned away asks on in the next round. The
    order of asking makes no difference to the outcome.
    """
    capacity = seating.capacity
    end_of_seats = np.cumsum(capacity)
    first_seat = end_of_seats - capacity
    seats = np.full(int(capacity.sum()), -1, np.int64)
    therapist = seating.therapist[market.rows]
    upcoming = market.first.copy()
    asking = np.flatnonzero(upcoming < market.end)
    asked = np.zeros(len(capacity), bool)
    while len(asking):
        new = upcoming[asking]
        upcoming[asking] += 1
        asked[therapist[new]] = True
        touched = np.flatnonzero(asked)
        asked[touched] = False
        their_seats = np.repeat(first_seat[touched] - _starts(capacity[touched]), capacity[touched])
        their_seats += np.arange(len(their_seats))
        sitting = seats[their_seats]
        both = np.concatenate([sitting[sitting >= 0], new])
        both = both[np.argsort(market.key[both])]
        taken = seating.taken(market.rows[both])
        seats[their_seats] = -1
        stay = both[taken]
        seats[first_seat[therapist[stay]] + positions(therapist[stay])] = stay
        away = market.owner[both[~taken]]
        asking = away[upcoming[away] < market.end[away]]
    held: I64 = market.rows[seats[seats >= 0]]
    return held


def _starts(counts: I64) -> I64:
    return np.cumsum(counts) - counts


def _numbers(keys: I64, wanted: I64) -> I64:
    """Return the positions of ids in `keys`, which ascend; -1 for those that are not there."""
    known, at_known = np.unique(wanted, return_inverse=True)
    at = np.searchsorted(keys, known)
    there = at < len(keys)
    there[there] = keys[at[there]] == known[there]
    numbers: I64 = np.where(there, at, -1)[at_known]
    return numbers


def _client_order(waiting: Waiting) -> I64:
    """Return the rows by client and rank. Raises ValueError where a client has two of a rank, or with a therapist."""
    if _repeats(np.sort(packed(waiting.client, waiting.therapist))):
        raise ValueError("waiting.therapist: a client has the same therapist twice")
    key = packed(waiting.client, waiting.rank)
    order = np.argsort(key)
    if _repeats(key[order]):
        raise ValueError("waiting.rank: a client has the same rank twice")
    return order


def _repeats(ordered: I64) -> bool:
    return bool((ordered[1:] == ordered[:-1]).any())


def _check(waiting: Waiting, freed: Freed) -> None:
    for name, table in (("waiting", waiting), ("freed", freed)):
        for column in fields(table):
            _check_column(f"{name}.{column.name}", getattr(table, column.name), _dtype(column.name), table.id)
        if _repeats(np.sort(table.id)):
            raise ValueError(f"{name}.id: an id is there twice")
        if (table.hours > ALL_HOURS).any():
            raise ValueError(f"{name}.hours: a mask has more than 21 bits")


def _check_column(name: str, values: object, dtype: type, beside: I64) -> None:
    if not isinstance(values, np.ndarray) or values.ndim != 1 or values.dtype != dtype:
        raise ValueError(f"{name}: must be an array of one dimension and type {np.dtype(dtype)}")
    if len(values) != len(beside):
        raise ValueError(f"{name}: has {len(values)} rows where id has {len(beside)}")


def _dtype(column: str) -> type:
    return {"hours": np.uint32, "formats": np.uint64}.get(column, np.int64)


def _columns(table: type[Any], given: dict[str, ArrayLike]) -> dict[str, Any]:
    """Return arrays of the right types, numbers spread to the length of `id`."""
    name = table.__name__.lower()
    count = np.size(np.asarray(given["id"]))
    return {column: _column(f"{name}.{column}", values, _dtype(column), count) for column, values in given.items()}


def _column(name: str, values: ArrayLike, dtype: type, count: int) -> I64 | U32 | U64:
    array = np.asarray(values)
    if not array.size:
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name}: must hold whole numbers")
    if dtype is np.uint64:
        # The database has no unsigned numbers: a mask with its highest bit set comes as a negative one.
        array = array.astype(np.int64).view(np.uint64) if array.dtype.kind == "i" else array.astype(np.uint64)
    elif array.size and not np.iinfo(dtype).min <= int(array.min()) <= int(array.max()) <= np.iinfo(dtype).max:
        raise ValueError(f"{name}: a number is out of range")
    else:
        array = array.astype(dtype)
    if array.ndim == 0:
        return np.full(count, array)
    if array.ndim != 1:
        raise ValueError(f"{name}: must have one dimension")
    return array


__all__ = ["Allocation", "Freed", "Waiting", "allocate"]
