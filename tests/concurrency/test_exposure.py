"""Many processes write their counts and several add them up: nothing is lost and nothing counted twice."""

import datetime as dt
import threading
import uuid

import numpy as np
import pytest
from django.db import connection
from django.db.models import QuerySet

from core import actors, clock
from matching.exposure.tally import Batch, Counts
from matching.models import Exposure, ExposureBatch, ExposureDay
from matching.services import exposure
from matching.services.exposure import exposure_batch_keep, exposures_add_up
from tests.concurrency.race import Rendezvous, race
from tests.factories import make_therapist

pytestmark = pytest.mark.django_db(transaction=True)

ACTOR = actors.system("test")
ROUNDS = 20


def counts_of(ids: list[int]) -> Counts:
    count = len(ids)
    return Counts(np.array(ids, np.int64), np.ones(count, np.int64), np.full(count, 0.5), np.full(count, 0.25))


def yesterday() -> dt.date:
    return clock.today() - dt.timedelta(days=1)


def keep_some(ids: list[int]) -> None:
    for _round in range(ROUNDS):
        batch = Batch(yesterday(), 2, counts_of(ids))
        exposure_batch_keep(batch_id=uuid.uuid4(), batch=batch, actor=ACTOR)


def test_all_that_is_written_at_once_is_counted_once() -> None:
    """Four processes write while two add up; what is written late is found by the next night."""
    ids = sorted(make_therapist().pk for _ in range(3))
    over = threading.Event()

    def add_up_meanwhile() -> int:
        views = 0
        while not over.is_set():
            views += exposures_add_up(actor=ACTOR)
        return views

    def write() -> None:
        keep_some(ids)

    def write_and_end() -> None:
        keep_some(ids)
        over.set()

    results = race(add_up_meanwhile, add_up_meanwhile, write, write, write, write_and_end)
    assert not [result for result in results if isinstance(result, Exception)]
    left = exposures_add_up(actor=ACTOR)
    assert results[0] + results[1] + left == 4 * ROUNDS * 2
    for row in Exposure.objects.all():
        assert (row.shown, row.fair, row.spread) == (4 * ROUNDS, 2.0 * ROUNDS, 1.0 * ROUNDS)
    assert ExposureDay.objects.get().views == 4 * ROUNDS * 2
    assert not ExposureBatch.objects.exists()


def two_at_once(monkeypatch: pytest.MonkeyPatch) -> Exposure:
    """Two add the same batch up, meeting after they have read it."""
    keep = Batch(yesterday(), 2, counts_of([make_therapist().pk]))
    exposure_batch_keep(batch_id=uuid.uuid4(), batch=keep, actor=ACTOR)
    meet, real = Rendezvous(2), exposure._add_day

    def add_day(*args: object) -> None:
        meet()
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(exposure, "_add_day", add_day)
    results = race(*[lambda: exposures_add_up(actor=ACTOR)] * 2)
    assert not [result for result in results if isinstance(result, Exception)], results
    return Exposure.objects.get()


def test_two_nights_at_once_add_a_batch_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_at_once(monkeypatch).shown == 1


def test_negative_control_without_the_row_lock_it_is_added_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    assert two_at_once(monkeypatch).shown == 2


def test_negative_control_a_sum_that_each_process_writes_itself_loses_counts() -> None:
    """What adding to the sums in place would do: read, add, write."""
    row = Exposure.objects.create(therapist=make_therapist(), day=yesterday(), shown=0, fair=0, spread=0)
    meet = Rendezvous(2)

    def add_in_place() -> None:
        mine = Exposure.objects.get(therapist_id=row.therapist_id, day=row.day)
        meet()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE matching_exposure SET shown = %s", [mine.shown + 1])

    race(add_in_place, add_in_place)
    row.refresh_from_db()
    assert row.shown == 1
