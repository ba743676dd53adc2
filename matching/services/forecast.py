"""The night's forecast of waits: read the history, work everything out, write it down in batches."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import connection, transaction

from core import clock
from core.actors import Actor
from core.audit import record_write
from core.clock import LONDON
from core.copy import copy_rows
from matching.forecast import METHOD, Forecasts, History, forecast
from matching.forecast.history import I64
from matching.forecast.wait import UNKNOWN
from matching.models import ForecastRun, WaitForecast
from matching.turns import history_at

# London time from which a night's forecast is due.
DUE_AT = datetime.time(2)
BATCH = 10_000
LOCK = 7_204_511
_COLUMNS = "therapist_id run_id computed_at median_weeks eight_in_ten_weeks based_on open_places shape rate".split()


def waits_forecast(*, actor: Actor, again: bool = False) -> ForecastRun | None:
    """Work out and store everybody's forecast. Returns None when there is nothing to do: this night's is there (unless
    `again`), or another process is at it.

    Readers always find whole rows, the old or the new ones; a run that was cut off is simply done again.
    """
    with _alone() as mine:
        now = clock.now()
        if not mine or not (again or forecast_due(now)):
            return None
        history, places = history_at(now)
        found = forecast(history)
        run = _begin(history, found, now)
        said = np.flatnonzero(found.median[:, 0] != UNKNOWN)
        for start in range(0, len(said), BATCH):
            _write(run, found, places, said[start : start + BATCH])
        _finish(run, actor)
    return run


def forecast_due(now: datetime.datetime) -> bool:
    """Say whether the latest night, beginning at DUE_AT in London, has no finished forecast yet."""
    local = now.astimezone(LONDON)
    night = datetime.datetime.combine(local.date(), DUE_AT, LONDON)
    if local < night:
        night = datetime.datetime.combine(local.date() - datetime.timedelta(days=1), DUE_AT, LONDON)
    return not ForecastRun.objects.filter(
        computed_at__gte=night, computed_at__lte=now, finished_at__isnull=False
    ).exists()


@contextmanager
def _alone() -> Iterator[bool]:
    """Let one process in at a time. The database gives the lock back when a process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _begin(history: History, found: Forecasts, now: datetime.datetime) -> ForecastRun:
    pool, correction = found.pool, found.correction
    return ForecastRun.objects.create(
        method=METHOD,
        computed_at=now,
        turns=len(history.row),
        forecasts=int((found.median[:, 0] != UNKNOWN).sum()),
        cases=correction.cases,
        held=correction.held,
        parameters={"shape": round(pool.shape, 3), "season": np.round(pool.season, 3).tolist()},
    )


@transaction.atomic
def _write(run: ForecastRun, found: Forecasts, places: I64, rows: I64) -> None:
    table, fresh = WaitForecast._meta.db_table, "fresh_wait_forecasts"
    columns = ", ".join(_COLUMNS)
    changed = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {fresh} (LIKE {table}) ON COMMIT DROP")
        copy_rows(WaitForecast, _COLUMNS, _lines(run, found, places, rows), table=fresh)
        # Whoever was deleted meanwhile is left out.
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {fresh} f"  # noqa: S608 - constants
            " WHERE EXISTS (SELECT FROM therapists_therapist t WHERE t.id = f.therapist_id)"
            f" ON CONFLICT (therapist_id) DO UPDATE SET {changed}"
        )
        cursor.execute(f"DROP TABLE {fresh}")


def _lines(run: ForecastRun, found: Forecasts, places: I64, rows: I64) -> Iterator[tuple[Any, ...]]:
    people = (found.ids, found.based_on, places, found.shape, found.rate)
    weeks = (found.median, found.eight_in_ten)
    numbers = zip(*(column[rows].tolist() for column in people), strict=True)
    for (pk, *rest), median, eight in zip(numbers, *(column[rows].tolist() for column in weeks), strict=True):
        yield pk, run.pk, run.computed_at, _array(median), _array(eight), *rest


def _array(weeks: list[int]) -> str:
    known = weeks[: weeks.index(UNKNOWN)] if UNKNOWN in weeks else weeks
    return "{" + ",".join(map(str, known)) + "}"


@transaction.atomic
def _finish(run: ForecastRun, actor: Actor) -> None:
    WaitForecast.objects.exclude(run=run).delete()
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    record_write(
        actor=actor,
        verb="waits.forecast",
        obj_type="forecast_run",
        obj_id=run.pk,
        detail={"method": run.method, "forecasts": run.forecasts, "turns": run.turns},
    )
