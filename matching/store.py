"""The process's register: read once, kept current by asking what changed, replaced whole.

Readers take the reference that stands there; nobody ever sees a half-made register. Who finds it current, or a few
therapists changed, takes no lock and waits for nobody; only reading many is left to one thread at a time. What a
transaction has written and not committed is seen by itself alone and never enters the shared register: it may be rolled
back.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from django.db import connection

from matching.engine.lens import Lens
from matching.freshness import Answer, Parts, Seen, ask, database, question, still
from matching.snapshot import facts_of, read_everybody, register_of

# Up to here a thread brings itself up to date rather than wait for another that does.
READ_ALONE = 50
# From here on, reading everybody anew is cheaper than reading them one by one.
REBUILD_ABOVE = 2_000


@dataclass(frozen=True)
class Current:
    """The register and the weights in force; without any weights in the tables, None."""

    lens: Lens
    weight_set_id: int | None
    weights: dict[str, int] | None


@dataclass(frozen=True)
class Held:
    """A register and the weights in force, and what had been seen of which log when they were read.

    `own`: the transaction to which it is private because it shows what is not committed; of the log it has read `lines`
    of its own, the last `last`.
    """

    lens: Lens
    weight_set_id: int | None
    weights: dict[str, int] | None
    database: str
    place: str | None
    seen: Seen
    own: int | None = None
    lines: int = 0
    last: int = 0

    def leads_to(self, answer: Answer) -> bool:
        """Return whether nothing can have been missed between this and an answer asked from here."""
        same_log = answer.place is not None and (self.database, self.place) == (answer.database, answer.place)
        intact = self.own is None or (self.own == answer.own and self.lines == answer.own_kept)
        return same_log and intact and self.seen.newest <= answer.seen.newest and self.seen.oldest >= answer.pruned

    @cached_property
    def question(self) -> str:
        return question(self.place, self.seen, READ_ALONE)

    @cached_property
    def current(self) -> Current:
        return Current(self.lens, self.weight_set_id, self.weights)


class Store:
    """Thread-safe. One per process."""

    def __init__(self) -> None:
        self._held: Held | None = None
        self._reading = threading.Lock()
        self._private = threading.local()

    def current(self) -> Current:
        """Return the register as the database has it now. One query, whether nothing changed or a little."""
        for held in self._bases():
            if (fresh := _caught_up(held, READ_ALONE)) is not None:
                return self._keep(fresh)
        with self._reading:
            # Another thread may have read everybody while this one waited: go on from where it stands now.
            shared = self._held
            further = _caught_up(shared, REBUILD_ABOVE) if shared is not None else None
            return self._keep(further or _everybody(), anew=further is None)

    def forget(self) -> None:
        """Start anew at the next question."""
        self._held = None

    def _bases(self) -> Iterator[Held]:
        """Yield what to go on from: in a transaction first what it saw of itself, then what everybody shares."""
        mine: Held | None = getattr(self._private, "held", None)
        if mine is not None:
            if connection.in_atomic_block:
                yield mine
            self._private.held = None
        if (held := self._held) is not None:
            yield held

    def _keep(self, fresh: Held, *, anew: bool = False) -> Current:
        """Share a register unless it is private or another thread's is newer, and return it."""
        if fresh.own is not None:
            self._private.held = fresh
            return fresh.current
        held = self._held
        # Without a lock: if a newer one comes in between and is lost, the next question tells what is missing.
        if fresh is not held and (held is None or anew or (held.place == fresh.place and held.seen.within(fresh.seen))):
            self._held = fresh
        return fresh.current


def _caught_up(held: Held, most: int) -> Held | None:
    """Return what is current now, going on from here; None where too much changed, or too little is sure."""
    answer: Seen | Answer | None = None
    if most == READ_ALONE and held.own is None and held.database == database():
        answer = still(held.question, held.seen, most)
    if isinstance(answer, Seen):
        return held if answer == held.seen else replace(held, seen=answer)
    answer = answer or ask(held.seen, known=held.last, most=most)
    if not held.leads_to(answer):
        return None
    if not answer.news:
        return held if held.seen == answer.seen else replace(held, seen=answer.seen)
    if not answer.changed and not answer.everybody:
        return _held(held.lens, answer)
    if answer.parts is None:
        return None
    lens = _with(held.lens, answer, answer.parts)
    return None if lens is None else _held(lens, answer)


def _with(lens: Lens, answer: Answer, parts: Parts) -> Lens | None:
    """Return the register with those who changed as they are now; None when its rows have to be arranged anew."""
    return lens.spliced(facts_of(parts, lens.register.book, answer.version), answer.changed)


def _everybody() -> Held:
    reading = read_everybody()
    return _held(Lens(register_of(reading.parts, reading.book, reading.answer.version)), reading.answer)


def _held(lens: Lens, answer: Answer) -> Held:
    private = answer.own_lines > 0
    return Held(
        lens=lens,
        weight_set_id=answer.weight_set_id,
        weights=answer.weights,
        database=answer.database,
        place=answer.place,
        seen=answer.seen,
        own=answer.own if private else None,
        lines=answer.own_lines,
        last=answer.own_last,
    )


store = Store()
