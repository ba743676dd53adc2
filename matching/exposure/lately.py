"""Whether a list was shown lately, asked of Redis for all processes at once: reloading a page is not another view.

What is kept is a keyed digest without any meaning of its own, for half an hour. Without Redis a process still knows
what it has shown itself.
"""

import logging
from collections.abc import Callable, Sequence

import redis

from core import clock

logger = logging.getLogger(__name__)

# Somebody who comes back after this looks again.
SECONDS = 1_800
MOST_REMEMBERED = 20_000


class Lately:
    """Remembers keys for `SECONDS`. `connect` is called once, when first needed."""

    def __init__(self, connect: Callable[[], "redis.Redis"]) -> None:
        self._connect = connect
        self._redis: redis.Redis | None = None
        self._mine: dict[str, float] = {}

    def first_time(self, keys: Sequence[str]) -> list[bool]:
        """Say of each key whether it was not seen lately, and remember it. Equal keys: only the first is new."""
        now = clock.now().timestamp()
        self._mine = {key: until for key, until in self._mine.items() if until > now}
        fresh = []
        for key in keys:
            fresh.append(key not in self._mine)
            if len(self._mine) < MOST_REMEMBERED:
                self._mine.setdefault(key, now + SECONDS)
        asked = [key for key, is_fresh in zip(keys, fresh, strict=True) if is_fresh]
        known = dict(zip(asked, self._others(asked), strict=True))
        return [is_fresh and known.get(key, True) for key, is_fresh in zip(keys, fresh, strict=True)]

    def _others(self, keys: list[str]) -> list[bool]:
        """Say of each key whether no other process has seen it either; True for all when nobody can be asked."""
        if not keys:
            return []
        try:
            return self._ask(keys)
        except redis.RedisError:
            logger.warning("exposure: Redis cannot be asked which lists were shown lately")
            return [True] * len(keys)

    def _ask(self, keys: list[str]) -> list[bool]:
        self._redis = self._redis or self._connect()
        now = clock.now().timestamp()
        pipe = self._redis.pipeline(transaction=False)
        for key in keys:
            pipe.set(f"exposure:{key}", now, nx=True, ex=SECONDS)
            pipe.get(f"exposure:{key}")
        answers = pipe.execute()
        fresh = []
        for key, is_set, since in zip(keys, answers[::2], answers[1::2], strict=True):
            # Redis forgets by the system's clock; ours may have been moved on.
            over = since is not None and float(since) + SECONDS <= now
            if over:
                self._redis.set(f"exposure:{key}", now, ex=SECONDS)
            fresh.append(bool(is_set) or over)
        return fresh
