"""The register's columns, read from the normalised tables: everybody in one statement, all of it at one moment."""

# ruff: noqa: S608 - the only values put into these texts are whole numbers

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from matching import queries
from matching.book import QUERY as BOOK
from matching.book import book
from matching.copied import Field, matrix, number, rows
from matching.engine import columns as c
from matching.engine import facts as f
from matching.engine.register import Register, arranged
from matching.freshness import HEAD, Answer, Parts, answer_of
from matching.functions import NEWS

# Therapists per matrix: messages of a few megabytes, whose buffers are given back.
_CHUNK = 16_384
_END = 2**63 - 1


@dataclass(frozen=True)
class Reading:
    """Everybody, and the state of the database in which they were read."""

    answer: Answer
    book: c.Book
    parts: Parts


def read_everybody() -> Reading:
    """Read the whole register. One statement: no commit falls between two of its parts."""
    found: dict[int, list[c.I64]] = {number: [] for number in range(len(queries.PARTS))}
    widths = [part.width for part in queries.PARTS.values()]
    head: list[Field] = []
    for part, cells, text, *rest in _everybody():
        if text is not None:
            head, words = rest, text
        else:
            found[number(part)].append(matrix(cells, widths[number(part)]))
    parts = {
        name: np.concatenate(chunks or [np.empty((width, 0), np.int64)], axis=1)
        for (name, chunks), width in zip(zip(queries.PARTS, found.values(), strict=True), widths, strict=True)
    }
    return Reading(answer_of(head, most=0), book(words.decode()), parts)


def _everybody() -> Iterator[list[Field]]:
    """Yield (part, matrix, book, head...): the first row brings book and head, each other one a chunk of a part."""
    nothing = ", ".join("NULL" for _ in HEAD)
    chunks = " UNION ALL ".join(
        f"SELECT {n}::smallint, ({part.sql('{id} >= c.first AND {id} < c.next')}), NULL, {nothing} FROM chunk c"
        for n, part in enumerate(queries.PARTS.values())
    )
    query = f"""
        WITH chunk AS MATERIALIZED (
            SELECT id AS first, lead(id, 1, {_END}) OVER (ORDER BY id) AS next
            FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM therapists_therapist) numbered
            WHERE nth % {_CHUNK} = 1)
        SELECT -1::smallint, NULL::bigint[], ({BOOK}), {", ".join(f"head.{name}" for name in HEAD)}
        FROM {NEWS}(NULL, NULL, 0, 0) head
        UNION ALL {chunks}"""
    with transaction.atomic(), connection.cursor() as cursor:
        # Compiling this statement takes longer than running it.
        cursor.execute("SET LOCAL jit = off")
        yield from rows(query)


def read_register(*, ids: Sequence[int] | None = None, known: c.Book | None = None, version: str = "") -> Register:
    """Read the columns of everybody, or of some therapists by pk. `known`: reference data read before."""
    if ids is None:
        reading = read_everybody()
        return register_of(reading.parts, known or reading.book, version or reading.answer.version)
    some = ",".join(str(int(pk)) for pk in ids)
    texts = [part.sql(f"{{id}} = ANY('{{{some}}}'::bigint[])") for part in queries.PARTS.values()]
    ((text, *fields),) = rows(f"SELECT ({BOOK}), {', '.join(f'({one})' for one in texts)}")
    parts = {name: matrix(field, part.width) for (name, part), field in zip(queries.PARTS.items(), fields, strict=True)}
    return register_of(parts, known or book((text or b"").decode()), version)


def register_of(parts: Parts, known: c.Book, version: str) -> Register:
    """Return the register of the therapists that the parts speak of, arranged for ranking."""
    return arranged(facts_of(parts, known, version))


def facts_of(parts: Parts, known: c.Book, version: str) -> f.Facts:
    """Return the columns of the therapists that the parts speak of, in order of pk."""
    base = parts["therapists"]
    keys = base[0]
    windows = parts["windows"]
    first = np.ones(windows.shape[1], bool)
    first[1:] = windows[0, 1:] != windows[0, :-1]
    stands = np.full((2, len(keys)), c.NEVER, np.int64)
    stands[:, _rows(keys, windows[0, first])] = windows[1:, first]
    further = windows[:, ~first]
    return f.Facts(
        book=known,
        therapists=f.Therapists(
            ids=keys,
            settled=base[1].astype(bool),
            confirmed_until=base[2],
            stands_from=stands[0],
            stands_until=stands[1],
            limit_from=base[3],
            limit_until=base[4],
            offerable=base[5].astype(np.int32),
            gender=base[6].astype(np.int8),
            style=base[7:11].astype(np.int8),
            fee=base[11].astype(np.int32),
            online_hours=base[12].astype(np.uint32),
            on_list=base[13].astype(bool),
            weeks=base[14].astype(np.int16),
            weeks_until=base[15],
            sets=_sets(keys, parts),
        ),
        locations=_locations(keys, parts["locations"]),
        places=_places(keys, parts["places"]),
        windows=f.Windows(_rows(keys, further[0]), further[1], further[2]),
        contracts=_contracts(keys, parts["contracts"]),
        version=version,
    )


def _rows(keys: c.I64, of: c.I64) -> c.I32:
    """Return the rows of therapists that are in `keys`, which ascend."""
    return keys.searchsorted(of).astype(np.int32)


def _sets(keys: c.I64, parts: Parts) -> dict[str, tuple[c.U64, ...]]:
    sets: dict[str, tuple[c.U64, ...]] = {}
    for name, *_ in queries.LINKS:
        found = parts[name]
        words = np.zeros((3, len(keys)), np.uint64)
        if found.size:
            words[:, keys.searchsorted(found[0])] = found[1:].view(np.uint64)
        sets[name] = (words[0], words[1])
        if name in queries.SECOND:
            sets[queries.SECOND[name][0]] = (words[2],)
    return sets


def _locations(keys: c.I64, found: c.I64) -> f.Locations:
    return f.Locations(
        row=_rows(keys, found[0]),
        ids=found[1],
        easting=found[2].astype(np.int32),
        northing=found[3].astype(np.int32),
        precision=found[4].astype(np.int32),
        step_free=found[5].astype(np.int8),
        hours=found[6].astype(np.uint32),
    )


def _places(keys: c.I64, found: c.I64) -> f.Places:
    return f.Places(
        row=_rows(keys, found[0]),
        free_from=found[1],
        hours=found[2].astype(np.uint32),
        exact=found[3].astype(bool),
        formats=found[4].view(np.uint64),
        location=found[5],
    )


def _contracts(keys: c.I64, found: c.I64) -> f.Contracts:
    return f.Contracts(_rows(keys, found[0]), found[1].astype(np.int32), found[2], found[3])
