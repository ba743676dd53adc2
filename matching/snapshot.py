"""The register's columns, read from the normalised tables.

Answers come in PostgreSQL's binary copy format: rows of whole numbers all have one length, so NumPy reads them as they
stand.
"""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from django.db import connection

from matching import queries
from matching.book import book
from matching.engine import columns as c

_COPY_HEADER = 19
_COPY_TRAILER = 2
_FIELD = (("length", ">i4"), ("value", ">i8"))


def read_register(*, ids: Sequence[int] | None = None, known: c.Book | None = None, version: str = "") -> c.Register:
    """Read the columns of everybody, or of some therapists by pk. `known`: reference data read before."""
    base = _copy(_only(queries.THERAPISTS, ids, "t.id"), queries.THERAPIST_COLUMNS)
    # Copies, so that no column keeps the whole answer alive.
    keys = base[0].copy()
    windows = _copy(_only(queries.WINDOWS, ids), 3)
    first = np.unique(windows[0], return_index=True)[1]
    stands = np.full((2, len(keys)), c.NEVER, np.int64)
    stands[:, _rows(keys, windows[0][first])] = windows[1:, first]
    further = np.delete(windows, first, axis=1)
    return c.Register(
        book=known or book(),
        therapists=c.Therapists(
            ids=keys,
            settled=base[1].astype(bool),
            confirmed_until=base[2].copy(),
            stands_from=stands[0],
            stands_until=stands[1],
            limit_from=base[3].copy(),
            limit_until=base[4].copy(),
            offerable=base[5].astype(np.int32),
            gender=base[6].astype(np.int8),
            style=base[7:11].astype(np.int8),
            fee=base[11].astype(np.int32),
            online_hours=base[12].astype(np.uint32),
            sets=_sets(keys, ids),
        ),
        locations=_locations(keys, _copy(_only(queries.LOCATIONS, ids), 7)),
        places=_places(keys, _copy(_only(queries.PLACES, ids), 6)),
        windows=c.Windows(_rows(keys, further[0]), further[1], further[2]),
        contracts=_contracts(keys, _copy(_only(queries.CONTRACTS, ids), 4)),
        version=version,
    )


def _only(query: str, ids: Sequence[int] | None, column: str = "t.therapist_id") -> str:
    """Fill in which therapists are meant. Ids are whole numbers: COPY takes no parameters."""
    wanted = "true" if ids is None else f"{column} = ANY(ARRAY[{','.join(str(int(pk)) for pk in ids)}]::bigint[])"
    return query.replace("{only}", wanted)


def _copy(query: str, width: int) -> c.I64:
    """Return a query's columns, each of type bigint and never null. Raises ValueError on any other answer."""
    answer = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", answer)
    row = np.dtype([("fields", ">i2")] + [(f"{name}{n}", t) for n in range(width) for name, t in _FIELD])
    body = answer.getvalue()[_COPY_HEADER:-_COPY_TRAILER]
    rows = np.frombuffer(body, row)
    if len(rows) and any((rows[f"length{n}"] != 8).any() for n in range(width)):
        raise ValueError("a column of the register is null or no bigint")
    return np.array([rows[f"value{n}"] for n in range(width)], np.int64)


def _rows(keys: c.I64, of: c.I64) -> c.I32:
    """Return the rows of therapists that are in `keys`, which ascend."""
    return np.searchsorted(keys, of).astype(np.int32)


def _sets(keys: c.I64, ids: Sequence[int] | None) -> dict[str, tuple[c.U64, ...]]:
    sets: dict[str, tuple[c.U64, ...]] = {}
    for name, *link in queries.LINKS:
        found = _copy(_only(queries.link_query(name, *link), ids), 4)
        rows = _rows(keys, found[0])
        sets[name] = (_spread(keys, rows, found[1]), _spread(keys, rows, found[2]))
        if name in queries.SECOND:
            sets[queries.SECOND[name][0]] = (_spread(keys, rows, found[3]),)
    return sets


def _spread(keys: c.I64, rows: c.I32, words: c.I64) -> c.U64:
    column = np.zeros(len(keys), np.uint64)
    column[rows] = words.view(np.uint64)
    return column


def _locations(keys: c.I64, found: c.I64) -> c.Locations:
    return c.Locations(
        row=_rows(keys, found[0]),
        ids=found[1],
        easting=found[2].astype(np.int32),
        northing=found[3].astype(np.int32),
        precision=found[4].astype(np.int32),
        step_free=found[5].astype(np.int8),
        hours=found[6].astype(np.uint32),
    )


def _places(keys: c.I64, found: c.I64) -> c.Places:
    return c.Places(
        row=_rows(keys, found[0]),
        free_from=found[1],
        hours=found[2].astype(np.uint32),
        exact=found[3].astype(bool),
        formats=found[4].view(np.uint64),
        location=found[5],
    )


def _contracts(keys: c.I64, found: c.I64) -> c.Contracts:
    return c.Contracts(_rows(keys, found[0]), found[1].astype(np.int32), found[2], found[3])
