"""Whether a worker is alive and being given work."""

import datetime

from django.core.cache import cache

from core import clock

KEY = "worker-heartbeat"


def note() -> None:
    """Write down that a worker ran a task just now."""
    cache.set(KEY, clock.now().isoformat(), timeout=None)


def last() -> datetime.datetime | None:
    """Return when a worker last ran the heartbeat task, or None."""
    value = cache.get(KEY)
    return datetime.datetime.fromisoformat(value) if value else None
