"""The only source of time.

Web, worker and beat must travel together in tests and local runs, so what is added to the system clock stands in a file
(settings.CLOCK_OFFSET_FILE, whole seconds as text) that all of them read. Production has no such file.
"""

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

LONDON = ZoneInfo("Europe/London")

_Key = tuple[str, int, int, int]
_cached: tuple[_Key, datetime.timedelta] | None = None
_frozen: list["Frozen"] = []


class Frozen:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime.datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("clock.frozen needs an aware datetime")
        self.at = at.astimezone(datetime.UTC)

    def move(self, delta: datetime.timedelta) -> None:
        self.at += delta


def now() -> datetime.datetime:
    """Return the moment, aware, in UTC."""
    if _frozen:
        return _frozen[-1].at
    return datetime.datetime.now(datetime.UTC) + offset()


def today() -> datetime.date:
    """Return the date in London, where every deadline is counted."""
    return now().astimezone(LONDON).date()


def offset() -> datetime.timedelta:
    """Return what the shared file adds to the system clock; nothing when there is no file."""
    global _cached  # noqa: PLW0603 - one process-wide cache, replaced whole
    path = settings.CLOCK_OFFSET_FILE
    if not path:
        return datetime.timedelta()
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return datetime.timedelta()
    key = (path, stat.st_ino, stat.st_mtime_ns, stat.st_size)
    cached = _cached
    if cached is None or cached[0] != key:
        cached = _cached = (key, datetime.timedelta(seconds=float(Path(path).read_text() or 0)))
    return cached[1]


def set_offset(delta: datetime.timedelta) -> None:
    """Write the shared offset. Raises RuntimeError where the clock may not be moved (no CLOCK_OFFSET_FILE)."""
    if not settings.CLOCK_OFFSET_FILE:
        raise RuntimeError("this installation has no CLOCK_OFFSET_FILE: its clock cannot be moved")
    path = Path(settings.CLOCK_OFFSET_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed: another process never reads half a number.
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(str(delta.total_seconds()))
    os.replace(beside, path)


def travel(delta: datetime.timedelta) -> None:
    """Move the shared clock by `delta` from where it is."""
    set_offset(offset() + delta)


@contextmanager
def frozen(at: datetime.datetime) -> Iterator[Frozen]:
    """Stop this process's clock at `at` (aware) for the block, in all its threads. Blocks nest."""
    clock = Frozen(at)
    _frozen.append(clock)
    try:
        yield clock
    finally:
        _frozen.remove(clock)
