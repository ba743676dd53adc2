"""What has changed since a process last looked: one question to the database, asked before every ranking.

What a process has seen is a snapshot of transactions, not a time or a row number: a slow transaction writes its lines
early and commits them late, and would be passed over. New is what is visible now and belongs to a transaction that was
not over then: from `newest` on, or among those `open`. However long a transaction stays open, no more than its id has
to be remembered.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection

from matching.copied import Field, matrix, number, rows
from matching.engine.columns import I64
from matching.functions import NEWS, QUIET
from matching.queries import PARTS

Parts = dict[str, I64]

HEAD = (
    "place",
    "pruned",
    "seen",
    "own",
    "news",
    "everybody",
    "changed",
    "own_lines",
    "own_kept",
    "own_last",
    "weight_set",
    "weighs",
)


@dataclass(frozen=True)
class Seen:
    """Transactions that were over: all before `newest` but those `open`. All before `oldest` without exception."""

    oldest: int
    newest: int
    open: frozenset[int]
    text: str = field(default="", compare=False)

    @classmethod
    def of(cls, text: str) -> "Seen":
        """Read "oldest:newest:open,open own". The asking transaction, if it writes, is not over either."""
        snapshot, _, mine = text.partition(" ")
        oldest, newest, listed = snapshot.split(":")
        still_open = frozenset(int(one) for one in listed.split(",")) if listed else frozenset()
        if mine and int(mine) < int(newest):
            return cls(min(int(mine), int(oldest)), int(newest), still_open | {int(mine)}, text)
        return cls(int(oldest), int(newest), still_open, text)

    @property
    def listed(self) -> str:
        """Return the open ones as an array in SQL."""
        return f"'{{{','.join(map(str, self.open))}}}'"

    def within(self, later: "Seen") -> bool:
        """Return whether all that was over then is over in `later` too."""
        return self.newest <= later.newest and all(one in self.open or one >= self.newest for one in later.open)


@dataclass(frozen=True)
class Answer:
    """`place`: which log of which server start was asked; None when the log says nothing of itself. Transaction ids of
    two databases, or places, have nothing to do with each other.

    `changed`: therapists, unless `everybody`. `parts`: what the register says of them, None when they are too many.
    `own`: the transaction that asks, when it writes; it has written `own_lines` of the log, the last `own_last`, of
    those known before `own_kept` still stand. `weights` are those in force, known only when there is `news`.
    """

    database: str
    place: str | None
    pruned: int
    seen: Seen
    own: int | None
    news: bool
    everybody: bool
    changed: tuple[int, ...]
    own_lines: int
    own_kept: int
    own_last: int
    weight_set_id: int | None
    weights: dict[str, int] | None
    parts: Parts | None

    @property
    def version(self) -> str:
        """Name this state of the database: as long as oldest and newest stay, the open ones only become fewer."""
        generation = (self.place or "none").split(" ")[-1][:8]
        return f"{generation}-{self.seen.oldest}-{self.seen.newest}-{len(self.seen.open)}"


def question(place: str | None, seen: Seen, most: int) -> str:
    """Return the SQL that asks what is new since: put together once, asked many times."""
    still_open = seen.listed if seen.open else "NULL"
    return f"SELECT {QUIET}('{place or ''}', {seen.oldest}, {seen.newest}, {still_open}, {most})"


def still(asked: str, seen: Seen, most: int) -> "Seen | Answer | None":
    """Return what has been seen now when nothing is new, else an answer; None when another log was asked. One query."""
    with connection.cursor() as cursor:
        cursor.execute(asked)
        (text,) = cursor.fetchone()
    if text is None or text == seen.text:
        return None if text is None else seen
    if text.startswith("{"):
        return _answer_of_json(json.loads(text), most)
    now = Seen.of(text)
    return now if seen.newest <= now.newest else None


def ask(seen: Seen, *, known: int = 0, most: int) -> Answer:
    """Return what is new since `seen`, with the parts of the register unless more than `most` therapists changed.

    `known`: the last line of the log that the asking transaction wrote itself and has read already. One query.
    """
    (row,) = rows(f"SELECT * FROM {NEWS}({seen.newest}, {seen.listed}, {known}, {most})")  # noqa: S608
    return answer_of(row, most)


def answer_of(row: list[Field], most: int) -> Answer:
    """Return the answer that a row of the database's function is."""
    place, pruned, seen, own, news, everybody, changed, lines, kept, last, weight_set, weighs, *fields = row
    ids = _numbers(changed)
    brought = not number(everybody) and len(ids) <= most
    parts = {name: matrix(field, part.width) for (name, part), field in zip(PARTS.items(), fields, strict=False)}
    return Answer(
        database=database(),
        place=place.decode() if place else None,
        pruned=number(pruned),
        seen=Seen.of((seen or b"").decode() + ("" if own is None else f" {number(own)}")),
        own=None if own is None else number(own),
        news=bool(number(news)),
        everybody=bool(number(everybody)),
        changed=ids,
        own_lines=number(lines),
        own_kept=number(kept),
        own_last=number(last),
        weight_set_id=None if weight_set is None else number(weight_set),
        weights=None if weighs is None else json.loads(weighs),
        parts=parts if brought else None,
    )


def _answer_of_json(said: dict[str, Any], most: int) -> Answer:
    """Return the same answer as it comes with the first question."""
    changed = tuple(said["changed"] or ())
    brought = not said["everybody"] and len(changed) <= most
    return Answer(
        database=database(),
        place=said["place"],
        pruned=said["pruned"],
        seen=Seen.of(said["seen"] + ("" if said["own"] is None else f" {said['own']}")),
        own=said["own"],
        news=said["news"],
        everybody=bool(said["everybody"]),
        changed=changed,
        own_lines=said["own_lines"] or 0,
        own_kept=said["own_kept"] or 0,
        own_last=said["own_last"] or 0,
        weight_set_id=said["weight_set"],
        weights=None if said["weighs"] is None else json.loads(said["weighs"]),
        parts={name: _columns(said[f"of_{name}"], part.width) for name, part in PARTS.items()} if brought else None,
    )


def _columns(lines: list[list[int]] | None, width: int) -> I64:
    return np.empty((width, 0), np.int64) if lines is None else np.array(lines, np.int64).T


def database() -> str:
    settings = connection.settings_dict
    return f"{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


def _numbers(field: Field) -> tuple[int, ...]:
    """Return a one-dimensional array of bigints, which may be empty."""
    cells = (field or b"")[20:]
    return tuple(int.from_bytes(cells[at + 4 : at + 12], "big", signed=True) for at in range(0, len(cells), 12))
