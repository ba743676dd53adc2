"""How often something may be tried. Counted in the database, so that every process sees the same number."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction

from core import clock, crypto
from core.models import ThrottleWindow

_COUNT = """
INSERT INTO core_throttlewindow (key_digest, ends_at, hits) VALUES (%s, %s, 1)
ON CONFLICT (key_digest, ends_at) DO UPDATE SET hits = core_throttlewindow.hits + 1
RETURNING hits
"""


def allow(*, key: str, limit: int, per_seconds: int) -> bool:
    """Count one attempt and say whether it is within `limit` per window of `per_seconds`.

    `key` names what is tried and by whom ("sign-in", reference, source); only its digest is kept. Should the counting
    itself fail, the attempt is allowed: no limit here may ever be the reason why somebody cannot reach help. What must
    never be unlimited (one-time codes) counts its attempts in its own row as well.
    """
    now = clock.now()
    window = int(now.timestamp()) // per_seconds
    ends_at = datetime.fromtimestamp((window + 1) * per_seconds, now.tzinfo)
    digest = crypto.keyed_digest(f"{key}\0{per_seconds}", purpose="throttle")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_COUNT, [digest, ends_at])
            return bool(cursor.fetchone()[0] <= limit)
    except DatabaseError:
        return True


def windows_forget(*, now: datetime) -> int:
    """Delete windows that ended an hour ago. Returns how many."""
    return ThrottleWindow.objects.filter(ends_at__lt=now - timedelta(hours=1)).delete()[0]
