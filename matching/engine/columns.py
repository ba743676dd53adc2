"""The register as columns: one NumPy array per fact, one row per therapist, location, place or contract.

Moments are int64 microseconds since 1970. A boundary named `*_from` is inclusive, `*_until` exclusive, so every fact
that changes by time alone is two numbers compared with the moment asked about. Arrays are never written after
`Register` is built: many threads read them at once.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
Bools = NDArray[np.bool_]

NEVER = 0
ALWAYS = 2**62
ALL_HOURS = 2**21 - 1
ALL_BITS = 2**64 - 1
STYLE_UNKNOWN = 127
FEE_UNKNOWN = -1
GENDERS = ("", "woman", "man", "non_binary", "self_described")
SCALES = ("directive", "emotional", "past", "warm")
SETS = ("modality", "family", "issue", "language", "group", "identity", "kind", "access", "format")

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def microseconds(moment: datetime.datetime) -> int:
    """Return an aware moment as whole microseconds since 1970, exactly."""
    return (moment - _EPOCH) // datetime.timedelta(microseconds=1)


def bits_of(mask: int) -> tuple[int, ...]:
    """Return a mask of any length as words of 64 bits, lowest first."""
    words = []
    while mask:
        words.append(mask & ALL_BITS)
        mask >>= 64
    return tuple(words)


@dataclass(frozen=True)
class Book:
    """What slugs mean: by set, slug -> mask (one bit). Made from the reference rows that the columns were read with.

    `names` are for people: by set, slug -> name. Ranking never looks at them.
    """

    masks: Mapping[str, Mapping[str, int]]
    family_of: Mapping[str, int] = field(default_factory=dict)
    kind_of: Mapping[str, int] = field(default_factory=dict)
    required_groups: frozenset[str] = frozenset()
    in_person: int = 0
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def name(self, name: str, slug: str) -> str:
        """Return the name of a slug for people, or the slug itself when nobody knows it."""
        return self.names.get(name, {}).get(slug, slug)

    def mask(self, name: str, slug: str) -> int:
        """Return the bit of a slug, 0 when nobody knows it: a statement nobody can meet, never an error."""
        return self.masks.get(name, {}).get(slug, 0)


@dataclass(frozen=True)
class Therapists:
    """`settled`: everything about standing that time alone cannot change. `sets`: name -> words of 64 bits.

    `stands_*` is the first window in which she stands on an accredited register (more in Windows); `limit_*` the window
    in which her monthly limit is reached.
    """

    ids: I64
    settled: Bools
    confirmed_until: I64
    stands_from: I64
    stands_until: I64
    limit_from: I64
    limit_until: I64
    offerable: I32
    gender: I8
    style: I8
    fee: I32
    online_hours: U32
    sets: Mapping[str, tuple[U64, ...]]


@dataclass(frozen=True)
class Locations:
    """Active rooms, sorted by (row, id), so that a therapist's rooms stand together with the lowest id first."""

    ids: I64
    row: I32
    easting: I32
    northing: I32
    precision: I32
    step_free: I8
    hours: U32


@dataclass(frozen=True)
class Places:
    """Places on offer now or from a date, unless occupied. `free_from`: the later of its date and a hold's expiry.

    `hours` is the day and time she fixed as a mask; `exact` says that both are fixed. `formats` all ones: any.
    `location` 0: any.
    """

    row: I32
    free_from: I64
    hours: U32
    exact: Bools
    formats: U64
    location: I64


@dataclass(frozen=True)
class Windows:
    """Further windows (row, from, until) of standing, where registrations leave gaps."""

    row: I32
    starts: I64
    until: I64


@dataclass(frozen=True)
class Contracts:
    """Who is paid by whom and when, the funder's own dates included. `funder` is the reference bit."""

    row: I32
    funder: I32
    starts: I64
    until: I64


@dataclass(frozen=True)
class Register:
    """Everything rank reads. `version` names the state of the database that it was read from."""

    book: Book
    therapists: Therapists
    locations: Locations
    places: Places
    windows: Windows
    contracts: Contracts
    version: str = ""

    def __post_init__(self) -> None:
        for part in (self.therapists, self.locations, self.places, self.windows, self.contracts):
            for value in vars(part).values():
                if isinstance(value, np.ndarray):
                    value.flags.writeable = False

    @property
    def size(self) -> int:
        return len(self.therapists.ids)

    @cached_property
    def _by_id(self) -> tuple[I64, I64]:
        order = np.argsort(self.therapists.ids, kind="stable")
        return self.therapists.ids[order], order

    def rows_of(self, ids: tuple[int, ...]) -> I64:
        """Return the rows of therapists by id; unknown ids are left out."""
        if not ids or not self.size:
            return np.empty(0, np.int64)
        wanted = np.array([pk for pk in ids if 0 <= pk < ALWAYS], np.int64)
        known, order = self._by_id
        at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        rows: I64 = order[at[known[at] == wanted]]
        return rows

    @cached_property
    def slots(self) -> tuple[I32, ...]:
        """Return, for k = 0, 1, ...: each therapist's k-th location as an index, -1 where she has none."""
        row = self.locations.row
        if not len(row):
            return ()
        first = np.searchsorted(row, row, side="left")
        nth = np.arange(len(row)) - first
        slots = []
        for k in range(int(nth.max()) + 1):
            slot = np.full(self.size, -1, np.int32)
            at = np.flatnonzero(nth == k)
            slot[row[at]] = at
            slots.append(slot)
        return tuple(slots)

    @cached_property
    def nth(self) -> I32:
        """Return each location's number among its therapist's, from 0."""
        row = self.locations.row
        return (np.arange(len(row)) - np.searchsorted(row, row, side="left")).astype(np.int32)
