"""Facts arranged for the register: standing and places as windows of time, rooms by number, sets as masks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.blocks import Table
from matching.engine.columns import ALL_BITS, FEE_UNKNOWN, I16, I32, I64, SCALES, STYLE_UNKNOWN, U64
from matching.engine.facts import Contracts, Facts, Locations, Places, Therapists, Windows

WINDOW = np.dtype([("row", "i4"), ("starts", "i8"), ("until", "i8")])
PLACE = np.dtype(
    [("row", "i4"), ("free_from", "i8"), ("hours", "u4"), ("exact", "?"), ("format", "i1"), ("room", "i1")]
)
CONTRACT = np.dtype([("row", "i4"), ("funder", "i2"), ("starts", "i8"), ("until", "i8")])
ROOM = np.dtype(
    [("ids", "i8"), ("easting", "i4"), ("northing", "i4"), ("precision", "i4"), ("step_free", "i1"), ("hours", "u4")]
)
FURTHER = np.dtype([("row", "i4"), ("nth", "i1"), *ROOM.descr])

ANY = -1
# A place in a room that is none of hers any more.
NO_ROOM = -2
# Who has no room is far from everywhere.
NOWHERE_M = -10_000_000
# More than any ceiling: an unknown fee is never within one.
FEE_BEYOND = 2**31 - 1
# Bits of the sets made here.
HAS_ROOM, STEP_FREE, SEVERAL = 0, 1, 2
AGAINST, MIDDLE, TOWARDS, UNSAID = 0, 1, 2, 3
TAKES_ONE_MORE = 0


@dataclass(frozen=True)
class Packed:
    """Arrays by therapist in the order of the facts; tables name her by `row`. `home`: her room of lowest id.

    `listed`: when she is listed, limits and confirmation taken into account. `further`: her other rooms.
    """

    ids: I64
    fee: I32
    offerable: NDArray[np.int16]
    online_hours: NDArray[np.uint32]
    weeks: I16
    weeks_until: I64
    home: Table
    further: Table
    listed: Table
    places: Table
    contracts: Table
    masks: dict[str, tuple[U64, ...]]


def packed(facts: Facts) -> Packed:
    therapists, size = facts.therapists, len(facts.therapists.ids)
    rooms = _rooms(facts.locations)
    home = np.zeros(size, ROOM)
    home["easting"] = home["northing"] = NOWHERE_M
    home["step_free"] = -1
    first = rooms[rooms["nth"] == 0]
    for name in ROOM.names or ():
        home[name][first["row"]] = first[name]
    further = rooms[rooms["nth"] > 0]
    return Packed(
        ids=therapists.ids,
        fee=np.where(therapists.fee == FEE_UNKNOWN, FEE_BEYOND, therapists.fee).astype(np.int32),
        offerable=therapists.offerable.astype(np.int16),
        online_hours=therapists.online_hours,
        weeks=therapists.weeks,
        weeks_until=therapists.weeks_until,
        home=home,
        further=further,
        listed=_listed(therapists, facts.windows),
        places=_places(facts.places, rooms),
        contracts=_contracts(facts.contracts),
        masks={**therapists.sets, **_own_masks(therapists), "room": (_room_masks(size, first, further),)},
    )


def _table(dtype: np.dtype[Any], **columns: NDArray[Any]) -> Table:
    table = np.empty(len(columns["row"]), dtype)
    for name, column in columns.items():
        table[name] = column
    return table


def _rooms(found: Locations) -> Table:
    nth = np.arange(len(found.row)) - np.searchsorted(found.row, found.row, side="left")
    return _table(
        FURTHER,
        row=found.row,
        nth=nth,
        ids=found.ids,
        easting=found.easting,
        northing=found.northing,
        precision=found.precision,
        step_free=found.step_free,
        hours=found.hours,
    )


def _listed(therapists: Therapists, windows: Windows) -> Table:
    """Windows of standing, cut at the end of her confirmation, without those in which her month is full."""
    row = np.concatenate([np.arange(len(therapists.ids), dtype=np.int32), windows.row])
    starts = np.concatenate([therapists.stands_from, windows.starts])
    until = np.concatenate([therapists.stands_until, windows.until])
    until = np.minimum(until, therapists.confirmed_until[row])
    full_from, full_until = therapists.limit_from[row], therapists.limit_until[row]
    limited = full_from < full_until
    before = np.where(limited, np.minimum(until, full_from), until)
    after = np.maximum(starts, full_until)[limited]
    row, starts = np.concatenate([row, row[limited]]), np.concatenate([starts, after])
    until = np.concatenate([before, until[limited]])
    kept = (starts < until) & therapists.settled[row]
    return _table(WINDOW, row=row[kept], starts=starts[kept], until=until[kept])


def _places(places: Places, rooms: Table) -> Table:
    number = np.full(len(places.row), ANY, np.int8)
    bound = np.flatnonzero(places.location != 0)
    number[bound] = NO_ROOM
    for nth in range(int(rooms["nth"].max()) + 1 if len(bound) and len(rooms) else 0):
        these = rooms[rooms["nth"] == nth]
        at = np.minimum(np.searchsorted(these["row"], places.row[bound]), len(these) - 1)
        here = (these["row"][at] == places.row[bound]) & (these["ids"][at] == places.location[bound])
        number[bound[here]] = nth
    one = places.formats != np.uint64(ALL_BITS)
    formats = np.full(len(places.row), ANY, np.int8)
    # One bit each, so the logarithm is exact.
    formats[one] = np.log2(places.formats[one].astype(np.float64)).astype(np.int8)
    return _table(
        PLACE,
        row=places.row,
        free_from=places.free_from,
        hours=places.hours,
        exact=places.exact,
        format=formats,
        room=number,
    )


def _contracts(contracts: Contracts) -> Table:
    kept = contracts.starts < contracts.until
    return _table(
        CONTRACT,
        row=contracts.row[kept],
        funder=contracts.funder[kept],
        starts=contracts.starts[kept],
        until=contracts.until[kept],
    )


def _own_masks(therapists: Therapists) -> dict[str, tuple[U64, ...]]:
    one = np.uint64(1)
    masks: dict[str, tuple[U64, ...]] = {
        "gender": (one << therapists.gender.astype(np.uint64),),
        "list": (therapists.on_list.astype(np.uint64) << np.uint64(TAKES_ONE_MORE),),
    }
    for scale, value in zip(SCALES, therapists.style, strict=True):
        side = np.where(value == STYLE_UNKNOWN, UNSAID, np.sign(value) + MIDDLE)
        masks[scale] = (one << side.astype(np.uint64),)
    return masks


def _room_masks(size: int, first: Table, further: Table) -> U64:
    masks = np.zeros(size, np.uint64)
    masks[first["row"]] = np.where(first["step_free"] == 1, 1 << HAS_ROOM | 1 << STEP_FREE, 1 << HAS_ROOM)
    masks[further["row"]] |= np.uint64(1 << SEVERAL)
    return masks
