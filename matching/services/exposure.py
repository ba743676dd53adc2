"""Counting who is shown, keeping the counts, and adding them up by night."""

import datetime
import threading
import uuid
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

import redis
from django.conf import settings
from django.db import connection, transaction

from core import clock
from core.actors import Actor, system
from matching.exposure.lately import Lately
from matching.exposure.recorder import Recorder, Seen
from matching.exposure.tally import Batch, Counts
from matching.models import Exposure, ExposureBatch, ExposureDay
from matching.services.ranking import Ranking

KEEP_DAYS = 92
# Batches added up in one transaction.
AT_ONCE = 100
PROCESS = system("exposure")

_ADD = """
INSERT INTO matching_exposure AS kept (therapist_id, day, shown, fair, spread)
SELECT therapist.id, %s, found.shown, found.fair, found.spread
FROM unnest(%s::bigint[], %s::int[], %s::float8[], %s::float8[]) AS found (id, shown, fair, spread)
JOIN therapists_therapist therapist ON therapist.id = found.id
ORDER BY therapist.id
ON CONFLICT (therapist_id, day) DO UPDATE
SET shown = kept.shown + excluded.shown, fair = kept.fair + excluded.fair, spread = kept.spread + excluded.spread
"""
_ADD_VIEWS = """
INSERT INTO matching_exposureday AS kept (day, views) VALUES (%s, %s)
ON CONFLICT (day) DO UPDATE SET views = kept.views + excluded.views
"""


def exposure_note(*, ranking: Ranking, seed: int, actor: Actor) -> None:
    """Count a list that a client is shown for a draft or referral with this seed.

    Only the beginning of the list in the order Rapport puts it: any other order, and any later page, is her own choice.
    Writes nothing: the process counts in memory, and its thread writes batches.
    """
    del actor  # Nobody's data is touched, and nothing may tell later whose list it was.
    if ranking.order == "fit" and not ranking.offset:
        recorder.note(Seen(seed, ranking.as_of, ranking.ranked))


def exposure_batch_keep(*, batch_id: uuid.UUID, batch: Batch, actor: Actor) -> None:
    """Keep what a process counted. The same id again changes nothing."""
    del actor  # A statistic of the platform's own.
    row = ExposureBatch(
        id=batch_id, day=batch.day, views=batch.views, counts=batch.counts.encode(), made_at=clock.now()
    )
    ExposureBatch.objects.bulk_create([row], ignore_conflicts=True)


def exposures_add_up(*, actor: Actor) -> int:
    """Add the batches of days that are over to the sums per therapist; return how many lists they hold.

    May run twice at once: each batch is taken by one. Forgets sums that are older than KEEP_DAYS.
    """
    del actor  # As above.
    views = 0
    while taken := _add_some():
        views += taken
    horizon = clock.today() - datetime.timedelta(days=KEEP_DAYS)
    Exposure.objects.filter(day__lt=horizon).delete()
    ExposureDay.objects.filter(day__lt=horizon).delete()
    return views


@transaction.atomic
def _add_some() -> int:
    over = ExposureBatch.objects.filter(day__lt=clock.today()).order_by("day", "id")
    rows = list(over.select_for_update(skip_locked=True)[:AT_ONCE])
    for day, batches in groupby(rows, key=attrgetter("day")):
        _add_day(day, list(batches))
    ExposureBatch.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return sum(row.views for row in rows)


def _add_day(day: datetime.date, batches: list[ExposureBatch]) -> None:
    counts = _together(bytes(batch.counts) for batch in batches)
    columns = [column.tolist() for column in (counts.ids, counts.shown, counts.fair, counts.spread)]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [day, *columns])
        cursor.execute(_ADD_VIEWS, [day, sum(batch.views for batch in batches)])


def _together(encoded: Iterable[bytes]) -> Counts:
    """Add one after another, so that never more than two stand in memory."""
    total = Counts.together([])
    for data in encoded:
        total = Counts.together([total, Counts.decode(data)])
    return total


def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


def _keep(batch_id: uuid.UUID, batch: Batch) -> None:
    try:
        exposure_batch_keep(batch_id=batch_id, batch=batch, actor=PROCESS)
    finally:
        if threading.current_thread() is not threading.main_thread():
            # The recorder's own thread writes every few minutes: it need not hold a connection in between.
            connection.close()


recorder = Recorder(
    first_time=Lately(_redis).first_time, keep=_keep, flush_seconds=settings.EXPOSURE_FLUSH_SECONDS or None
)
