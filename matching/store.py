"""The process's register: read once, kept current by asking what changed, replaced whole.

Readers take the reference that stands there; nobody ever sees a half-made register. Only one thread reads the tables at
a time. What a transaction has written and not committed is seen by itself alone and never enters the shared register:
it may be rolled back.
"""

import threading
from dataclasses import dataclass, replace

from matching.engine.rank import Lens
from matching.freshness import Answer, ask
from matching.snapshot import read_register
from matching.splice import spliced

# From here on, reading everybody anew is cheaper than reading them one by one.
REBUILD_ABOVE = 2_000


@dataclass(frozen=True)
class Held:
    """A register, and up to where it is current: everything before `watermark`, and the changes `seen` above it."""

    lens: Lens
    database: str
    generation: str | None
    watermark: int
    seen: frozenset[int]

    def follows(self, answer: Answer) -> bool:
        """Return whether nothing can have been missed between this and an answer asked from its watermark."""
        return (
            self.generation is not None
            and self.database == answer.database
            and self.generation == answer.generation
            and self.watermark >= answer.pruned_below
        )


@dataclass(frozen=True)
class Current:
    """The register and the weights in force; without any weights in the tables, None."""

    lens: Lens
    weight_set_id: int | None
    weights: dict[str, int] | None


class Store:
    """Thread-safe. One per process."""

    def __init__(self) -> None:
        self._held: Held | None = None
        self._lock = threading.Lock()
        self._private = threading.local()

    def current(self) -> Current:
        """Return the register as the database has it now. One query when nothing changed."""
        held = self._held
        answer = ask(held.watermark if held else 0)
        if held is not None and held.follows(answer) and answer.seen <= held.seen:
            self._advance(held, answer)
            return Current(held.lens, answer.weight_set_id, answer.weights)
        if answer.has_own:
            return Current(self._own_lens(held, answer), answer.weight_set_id, answer.weights)
        with self._lock:
            # Another thread may have done the work while this one waited: ask again from where it stands now.
            held = self._held
            answer = ask(held.watermark if held else 0)
            fresh = refreshed(held, answer)
            self._held = fresh
        return Current(fresh.lens, answer.weight_set_id, answer.weights)

    def forget(self) -> None:
        """Start anew at the next question."""
        with self._lock:
            self._held = None

    def _advance(self, held: Held, answer: Answer) -> None:
        """Ask for less next time. Another thread's newer register must not be overwritten: then leave it."""
        if answer.xmin == held.watermark or not self._lock.acquire(blocking=False):
            return
        try:
            if self._held is held:
                above = frozenset(change.id for change in answer.changes if change.txid >= answer.xmin)
                self._held = replace(held, watermark=answer.xmin, seen=above)
        finally:
            self._lock.release()

    def _own_lens(self, held: Held | None, answer: Answer) -> Lens:
        """Return the register as the asking transaction alone sees it, going on from what it saw before.

        What a savepoint took back is missing from the answer: then begin again from the shared register.
        """
        mine: Held | None = getattr(self._private, "held", None)
        same = mine is not None and getattr(self._private, "own", None) == answer.own and mine.follows(answer)
        base = mine if same and mine is not None and mine.seen <= answer.seen else held
        if base is not mine or mine is None or mine.seen != answer.seen:
            mine = replace(refreshed(base, answer), seen=answer.seen)
            self._private.held, self._private.own = mine, answer.own
        return mine.lens


def refreshed(held: Held | None, answer: Answer) -> Held:
    """Return what is current: the same register with those read anew who changed, or everybody."""
    version = f"{(answer.generation or 'none')[:8]}-{answer.xmin}-{max(answer.seen, default=0)}"
    if held is None or not held.follows(answer):
        return _held(Lens(read_register(version=version)), answer)
    unseen = [change.therapist_id for change in answer.changes if change.id not in held.seen]
    ids = tuple(sorted({pk for pk in unseen if pk is not None}))
    if None in unseen or len(ids) > REBUILD_ABOVE:
        return _held(Lens(read_register(version=version)), answer)
    if not ids:
        return _held(held.lens, answer)
    base = held.lens.register
    part = read_register(ids=ids, known=base.book, version=version)
    return _held(Lens(spliced(base, part, ids, version=version)), answer)


def _held(lens: Lens, answer: Answer) -> Held:
    above = frozenset(change.id for change in answer.changes if change.txid >= answer.xmin)
    return Held(lens, answer.database, answer.generation, answer.xmin, above)


store = Store()
