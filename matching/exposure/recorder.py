"""Counts lists beside the requests that show them: a request appends to a queue, a thread does the rest.

What a process has counted and not yet written is lost if it is killed: at most `FLUSH_SECONDS` of its lists, and never
half a list. It is a statistic; nothing depends on a single view.
"""

import atexit
import datetime
import logging
import os
import threading
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core import clock
from core.clock import LONDON
from core.crypto import keyed_digest
from matching.engine.rank import Ranked
from matching.exposure.tally import Batch, Tally, share_of

logger = logging.getLogger(__name__)

# Lists wait here for two seconds at most; each keeps a register alive, so there is an end to it.
MOST_PENDING = 256
DRAIN_SECONDS = 2.0
# From this many lists on they are written without waiting for the time.
MOST_VIEWS = 500

FirstTime = Callable[[Sequence[str]], list[bool]]
Keep = Callable[[uuid.UUID, Batch], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """A list that somebody was shown. `seed` is her draft's."""

    seed: int
    at: datetime.datetime
    ranked: Ranked

    @property
    def key(self) -> str:
        """Return what is equal when the same draft asks for the same list again, and tells nothing of either."""
        return keyed_digest(f"{self.seed} {self.ranked.plan.stated.digest()}", purpose="exposure.seen")


class Recorder:
    """Thread-safe. `first_time` says of keys which were not seen lately; `keep` writes a batch, once per id.

    `flush_seconds` None: nothing happens by itself, somebody calls `drain` and `flush`.
    """

    def __init__(self, *, first_time: FirstTime, keep: Keep, flush_seconds: float | None = None) -> None:
        self._first_time, self._keep, self._flush_seconds = first_time, keep, flush_seconds
        self.reset()

    def reset(self) -> None:
        """Forget everything, as a forked process must: what its parent counted is the parent's to write."""
        self._pending: deque[Seen] = deque()
        self._lock = threading.Lock()
        self._tallies: dict[datetime.date, Tally] = {}
        self._unsent: list[tuple[uuid.UUID, Batch]] = []
        self._since: datetime.datetime | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._told = False
        self.dropped = 0

    def note(self, seen: Seen) -> None:
        """Take a list to be counted. Costs a request one append."""
        if len(self._pending) >= MOST_PENDING:
            self.dropped += 1
            return
        self._pending.append(seen)
        if self._thread is None and self._flush_seconds is not None:
            self._start()

    def drain(self) -> int:
        """Count what waits; return how many lists were new. Lists that cannot be counted are logged and left out."""
        with self._lock:
            waiting = [self._pending.popleft() for _ in range(len(self._pending))]
            if not waiting:
                return 0
            new = [
                seen for seen, first in zip(waiting, self._first_time([s.key for s in waiting]), strict=True) if first
            ]
            for seen in new:
                self._count(seen)
            self._since = self._since or clock.now()
            return len(new)

    def flush(self) -> int:
        """Write what was counted; return how many lists. What could not be written is kept for the next time."""
        with self._lock:
            if not self._unsent:
                # A batch once made keeps its id, so that writing it again after a doubtful commit is harmless.
                self._unsent = [
                    (uuid.uuid4(), Batch(day, tally.views, tally.counts())) for day, tally in self._tallies.items()
                ]
                self._tallies, self._since = {}, None
            written = 0
            while self._unsent:
                self._keep(*self._unsent[0])
                written += self._unsent.pop(0)[1].views
            return written

    def close(self) -> None:
        """Count and write what there is, and stop."""
        self._stop.set()
        self._work(last=True)

    def _count(self, seen: Seen) -> None:
        try:
            share = share_of(seen.ranked)
            if share is not None:
                tally = self._tallies.setdefault(seen.at.astimezone(LONDON).date(), Tally())
                tally.add(seen.ranked.view.register.ids, share)
        except Exception:
            logger.exception("exposure: a list could not be counted")

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="exposure", daemon=True)
                self._thread.start()
                atexit.register(self.close)
                os.register_at_fork(after_in_child=self.reset)

    def _run(self) -> None:
        while not self._stop.wait(DRAIN_SECONDS):
            self._work(last=False)

    def _work(self, *, last: bool) -> None:
        try:
            self.drain()
            if last or self._due():
                self.flush()
                self._told = False
        except Exception:
            # Once for each time it fails, however often it is tried again until it succeeds.
            if not self._told:
                logger.warning("exposure: nothing written, trying again", exc_info=not last)
            self._told = True

    def _due(self) -> bool:
        if self._unsent:
            return True
        if self._since is None or self._flush_seconds is None:
            return False
        waited = (clock.now() - self._since).total_seconds()
        return waited >= self._flush_seconds or sum(tally.views for tally in self._tallies.values()) >= MOST_VIEWS
