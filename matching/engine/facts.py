"""What is read of therapists: one NumPy array per fact, one row per therapist, location, place or contract.

Everything that is not yet arranged for ranking; `packing` makes the register of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matching.engine.columns import I8, I16, I32, I64, U32, U64, Book, Bools


@dataclass(frozen=True)
class Therapists:
    """Ascending by id. `settled`: everything about standing that time alone cannot change.

    `sets`: name -> words of 64 bits. `stands_*` is the first window in which she stands on an accredited register (more
    in Windows); `limit_*` the window in which her monthly limit is reached. `style`: (scales, therapists).
    `on_list`: her waiting list takes one more. `weeks`: the forecast for whoever joins it now, WAIT_UNKNOWN where there
    is none, and `weeks_until`: when it is too old to be told.
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
    on_list: Bools
    weeks: I16
    weeks_until: I64
    sets: Mapping[str, tuple[U64, ...]]


@dataclass(frozen=True)
class Locations:
    """Active rooms, sorted by (row, id). Metres on the grid; `step_free` -1 where nobody says."""

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

    `hours` is the day and time she fixed as a mask; `exact` says that both are fixed. `formats`: one bit, or all ones
    for any. `location` 0: any.
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
class Facts:
    """Of everybody, or of some. `version` names the state of the database that they were read from."""

    book: Book
    therapists: Therapists
    locations: Locations
    places: Places
    windows: Windows
    contracts: Contracts
    version: str = ""
