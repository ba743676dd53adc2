"""From what is learnt to the chance that a therapist's n-th place has come free within so many weeks."""

from dataclasses import dataclass

import numpy as np

from matching.forecast.history import F64, I64, WEEK, History
from matching.forecast.pool import AGES, YEAR, Pool

HORIZON = 104  # weeks


@dataclass(frozen=True, slots=True)
class Tables:
    """By family, age today and weeks from today: `hazard` gathered until then, `turnover` endings expected until then,
    those of the people who come after included."""

    hazard: F64
    turnover: F64


def tables(pool: Pool) -> Tables:
    """Return the two tables, (family, age, HORIZON), for the end of week 1, 2, ..."""
    season = pool.season[np.arange(HORIZON) % YEAR]
    ages = np.minimum(np.arange(AGES)[:, None] + np.arange(HORIZON)[None, :], AGES - 1)
    gathered: F64 = np.cumsum(pool.hazard[:, ages] * season, axis=2)
    turnover = np.stack([_turnover(one, of, season) for one, of in zip(gathered, pool.hazard, strict=True)])
    return Tables(gathered, turnover)


def _turnover(gathered: F64, hazard: F64, season: F64) -> F64:
    """Return endings expected by age today and week: the first, then those of who follows (a renewal equation)."""
    weeks = np.arange(HORIZON)
    # kernel[u, t]: endings by week t when one happens in week u: that one, and those of whoever begins after it.
    kernel = np.zeros((HORIZON, HORIZON))
    kernel[-1, -1] = 1
    for week in range(HORIZON - 1, 0, -1):
        pressure = np.where(weeks >= week, hazard[weeks - week] * season, 0.0)
        newcomer = _falls(np.cumsum(pressure)[None])[0] @ kernel
        kernel[week - 1] = np.where(weeks >= week - 1, 1 + newcomer, 0.0)
    expected: F64 = _falls(gathered) @ kernel
    return expected


def _falls(gathered: F64) -> F64:
    """Return the chance of ending in each week from the hazard gathered by its end."""
    stays = np.exp(-np.concatenate([np.zeros((len(gathered), 1)), gathered], axis=1))
    falls: F64 = -np.diff(stays, axis=1)
    return falls


@dataclass(frozen=True, slots=True)
class Live:
    """The live turns, in order of therapist, and how many each therapist has."""

    row: I64
    family: I64
    age: I64
    count: I64


def live_turns(history: History) -> Live:
    row = history.row[history.live]
    age = np.minimum((history.today - history.start[history.live]) // WEEK, AGES - 1)
    order = np.argsort(row, kind="stable")
    row = row[order]
    return Live(row, history.family[row], age[order], np.bincount(row, minlength=len(history.ids)))


def chances(pool: Pool, table: Tables, live: Live, rows: I64, most: int) -> F64:
    """Return the chance (therapist of `rows`, n, week) that n = 1 ... `most` places come free by a week's end.

    `rows` ascend. The factor being gamma, the number of endings is negative binomial: exact sums, no approximation of
    its quantiles. For the first place the live turns alone decide; later ones may come from the people who follow.
    """
    shape, rate = (each[rows][:, None] for each in pool.own_factor())
    hazard = _summed(table.hazard, live, rows)
    found = np.empty((len(rows), most, HORIZON))
    found[:, 0] = -np.expm1(-shape * np.log1p(hazard / rate))
    if most > 1:
        mean = _summed(table.turnover, live, rows) / rate
        share = mean / (1 + mean)
        term = np.exp(-shape * np.log1p(mean))
        fewer = term.copy()
        for n in range(1, most):
            term *= share * (shape + n - 1) / n
            fewer += term
            np.clip(1 - fewer, 0, found[:, n - 1], out=found[:, n])
    return found


def _summed(table: F64, live: Live, rows: I64) -> F64:
    """Add up a table over each therapist's live turns."""
    chosen = np.isin(live.row, rows)
    total = np.zeros((len(rows), HORIZON))
    values = table[live.family[chosen], live.age[chosen]]
    counts = live.count[rows]
    some = counts > 0
    if some.any():
        starts = np.concatenate([[0], np.cumsum(counts[some])[:-1]])
        total[some] = np.add.reduceat(values, starts, axis=0)
    return total
