"""How often therapists were shown in the last four weeks, against their fair shares."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from django.db import connection
from django.db.models import Count, Sum

from core import clock
from matching.exposure.tally import F64
from matching.models import Exposure, ExposureDay
from therapists.selectors.names import names_of

DAYS = 28
# Below this fair share chance hides everything: nothing is compared.
ENOUGH = 10
# How many of those furthest from their share are named.
EXTREMES = 10
CHUNK = 2_000

_SUMS = """
SELECT therapist_id, sum(shown)::float8, sum(fair), sum(spread) FROM matching_exposure
WHERE day BETWEEN %s AND %s AND therapist_id > %s GROUP BY therapist_id ORDER BY therapist_id LIMIT %s
"""
_EVERYBODY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """`off`: how far she is from her fair share in standard deviations of fair lots; None when that says nothing."""

    therapist_id: int
    shown: int
    fair: float
    spread: float

    @property
    def off(self) -> float | None:
        if self.fair < ENOUGH or self.spread <= 0:
            return None
        return (self.shown - self.fair) / sqrt(self.spread)


@dataclass(frozen=True, slots=True)
class Own:
    """One therapist's figures. `days`: on how many of the period's days a list could have shown her."""

    line: Line
    first: datetime.date
    last: datetime.date
    days: int

    @property
    def compared(self) -> str:
        """Return what her figures say: few, as_lots (what equal lots give), more or less."""
        off = self.line.off
        if self.line.fair < ENOUGH:
            return "few"
        if off is None or abs(off) < 3:
            return "as_lots"
        return "more" if off > 0 else "less"


@dataclass(frozen=True, slots=True)
class Band:
    """How many therapists are as far from their share as `words` says, in per cent, and how many lots would put there.

    `until` None: and further.
    """

    since: float
    until: float | None
    count: int
    percent: float
    by_lots: float


@dataclass(frozen=True, slots=True)
class Report:
    """`ratio`: the mean square of `off` over all who can be compared; 1 when equals drew fair lots."""

    first: datetime.date
    last: datetime.date
    lists: int
    therapists: int
    compared: int
    ratio: float | None
    bands: list[Band]
    most: list[tuple[Line, str]]
    least: list[tuple[Line, str]]


def period() -> tuple[datetime.date, datetime.date]:
    """Return the first and last day of the four weeks that are over: yesterday is the last."""
    last = clock.today() - datetime.timedelta(days=1)
    return last - datetime.timedelta(days=DAYS - 1), last


def own_exposure(therapist_id: int) -> Own:
    """Return a therapist's figures of the last four weeks. One query."""
    first, last = period()
    rows = Exposure.objects.filter(therapist_id=therapist_id, day__range=(first, last))
    found = rows.aggregate(Sum("shown"), Sum("fair"), Sum("spread"), days=Count("day"))
    line = Line(therapist_id, found["shown__sum"] or 0, found["fair__sum"] or 0.0, found["spread__sum"] or 0.0)
    return Own(line, first, last, found["days"])


def exposure_report() -> Report:
    """Return the distribution over all therapists, and those furthest from their share. Three queries."""
    first, last = period()
    ids, shown, fair, spread = _sums(first, last, after=0, most=_EVERYBODY)
    compared = (fair >= ENOUGH) & (spread > 0)
    off = np.zeros(len(ids))
    off[compared] = (shown - fair)[compared] / np.sqrt(spread[compared])
    order = np.flatnonzero(compared)[np.argsort(off[compared], kind="stable")]
    low, high = order[off[order] < 0][:EXTREMES].tolist(), order[off[order] > 0][::-1][:EXTREMES].tolist()
    names = names_of([int(ids[n]) for n in (*low, *high)])

    def named(rows: list[int]) -> list[tuple[Line, str]]:
        return [(_line(ids[n], shown[n], fair[n], spread[n]), names.get(int(ids[n]), "")) for n in rows]

    return Report(
        first=first,
        last=last,
        lists=ExposureDay.objects.filter(day__range=(first, last)).aggregate(total=Sum("views"))["total"] or 0,
        therapists=len(ids),
        compared=len(order),
        ratio=float((off[compared] ** 2).mean()) if len(order) else None,
        bands=_bands(np.abs(off[compared])),
        most=named(high),
        least=named(low),
    )


def exposure_lines() -> Iterator[tuple[Line, str]]:
    """Yield everybody's figures with her name, by primary key, read a piece at a time."""
    first, last = period()
    after = 0
    while True:
        columns = _sums(first, last, after=after, most=CHUNK)
        lines = [_line(*row) for row in zip(*columns, strict=True)]
        names = names_of([line.therapist_id for line in lines])
        yield from ((line, names.get(line.therapist_id, "")) for line in lines)
        if len(lines) < CHUNK:
            return
        after = lines[-1].therapist_id


def _sums(first: datetime.date, last: datetime.date, *, after: int, most: int) -> tuple[F64, F64, F64, F64]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [first, last, after, most])
        rows = np.array(cursor.fetchall(), np.float64).reshape(-1, 4)
    return rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3]


def _line(pk: float, shown: float, fair: float, spread: float) -> Line:
    return Line(int(pk), round(shown), float(fair), float(spread))


def _bands(off: F64) -> list[Band]:
    """Sort distances into up to 1, 2, 3 standard deviations and beyond, beside what a normal distribution gives."""
    edges: list[tuple[float, float | None]] = [(0, 1), (1, 2), (2, 3), (3, None)]
    bands = []
    for since, until in edges:
        count = int(((off >= since) & (off < (until or np.inf))).sum())
        share = (erf(until / sqrt(2)) if until else 1.0) - erf(since / sqrt(2))
        bands.append(Band(since, until, count, 100 * count / len(off) if len(off) else 0.0, 100 * share))
    return bands
