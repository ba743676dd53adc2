"""What all therapists together teach: how turns end by their age and by the time of year, and how people differ.

The chance that a turn ends in a week depends on how long it has lasted (by family of therapy) and on the week of the
year. A therapist multiplies it by a factor of her own, of which nothing is known at first but what her therapies and
her area suggest (gamma, with a shape that says how much therapists differ); her own endings correct it. So a thin
history leans on people like her, and a long one speaks for itself.
"""

from dataclasses import dataclass

import numpy as np

from matching.forecast.history import F64, I64, WEEK, Bools, History

WINDOW = 104  # weeks of the past that count
AGES = 260  # weeks of a turn; older ones go on as in the last
YEAR = 52
EDGES = np.array([0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20, 26, 34, 43, 52, 78, 104, 156])
# What was suggested weighs as much as so many endings of one's own.
SUGGESTED = 20.0
SUGGESTED_SEASON = 60.0
LEAST_SHAPE, MOST_SHAPE = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Pool:
    """`hazard[f, a]`: endings a week at age `a` weeks in family `f`. `season`: factor by week from today, 52 of them.

    Per therapist: `endings` of hers within WINDOW, how many were `expected` of anybody in her place, and the factor
    that her therapies and area `suggest`. `shape`: of the gamma distribution of therapists around it.
    """

    hazard: F64
    season: F64
    endings: F64
    expected: F64
    suggest: F64
    shape: float

    def own_factor(self) -> tuple[F64, F64]:
        """Return shape and rate of what is believed of each therapist's factor after her own endings."""
        return self.shape + self.endings, self.shape / self.suggest + self.expected


def learn(history: History) -> Pool:
    """Fit everything. An empty history gives a pool that expects next to nothing."""
    turns = _Turns(history)
    ended, at_risk = turns.counted()
    season = np.ones(YEAR)
    hazard = _hazards(ended, at_risk)
    by_season = turns.ended_by_season()
    for _ in range(2):
        season = _season(by_season, at_risk, hazard)
        hazard = _hazards(ended, at_risk * season[_weeks() % YEAR])
    people = len(history.ids)
    endings = _sums(turns.row, turns.counts, people)
    expected = _sums(turns.row, turns.expected(hazard, season), people)
    suggest = _suggest(history, endings, expected)
    return Pool(hazard, season, endings, expected, suggest, _shape(endings, expected * suggest))


class _Turns:
    """The turns in whole weeks: each began `back` weeks before today and was left, or is now, in its week `last`."""

    def __init__(self, history: History) -> None:
        today = history.today
        recent = history.end > today - WINDOW * WEEK
        self.row = history.row[recent]
        days = np.maximum(history.end - history.start, 0)[recent]
        self.family = history.family[self.row]
        self.families = int(history.family.max(initial=0)) + 1
        self.back = np.minimum((today - history.start[recent]) // WEEK, AGES + WINDOW - 1)
        self.last = np.minimum(days // WEEK, AGES - 1)
        self.part = np.where(days // WEEK < AGES, (days % WEEK) / WEEK, 1.0)
        self.counts = history.ended[recent].astype(np.float64)
        self.ago = (today - history.end)[recent]

    def counted(self) -> tuple[F64, F64]:
        """Return endings and time at risk, each (family, weeks back, age), within the window."""
        shape = (self.families, AGES + WINDOW, AGES)
        where = np.ravel_multi_index((self.family, self.back, self.last), shape)
        size = int(np.prod(shape))
        ended, left, partly = (
            _sums(where, each, size).reshape(shape) for each in (self.counts, np.ones(len(where)), self.part)
        )
        at_risk = np.cumsum(left[:, :, ::-1], axis=2)[:, :, ::-1] - left + partly
        within = _within()
        return ended * within, at_risk * within

    def ended_by_season(self) -> F64:
        """Return endings by week of the year, counted from today: week 0 is the coming one, week 51 has just gone.

        By their very day: a turn's own weeks begin on any day, and bursts after holidays would be smeared.
        """
        return _sums((-1 - self.ago // WEEK) % YEAR, self.counts, YEAR)

    def expected(self, hazard: F64, season: F64) -> F64:
        """Return how many endings each turn's time within the window would bring with an ordinary therapist."""
        by_week = hazard[:, None, :] * (season[_weeks() % YEAR] * _within())[None]
        until = np.concatenate([np.zeros((*by_week.shape[:2], 1)), np.cumsum(by_week, axis=2)], axis=2)
        whole: F64 = until[self.family, self.back, self.last]
        started: F64 = by_week[self.family, self.back, self.last]
        return whole + self.part * started


def _weeks() -> I64:
    """Return the week, counted from today, in which a turn that began `back` weeks ago has an age: (back, age)."""
    return np.arange(AGES)[None, :] - np.arange(AGES + WINDOW)[:, None]


def _within() -> Bools:
    return (_weeks() <= 0) & (_weeks() >= -WINDOW)


def _sums(where: I64, weights: F64, size: int) -> F64:
    return np.bincount(where, weights, size).astype(np.float64)


def _hazards(ended: F64, at_risk: F64) -> F64:
    """Return endings a week by family and age: steps, each leaning on all families, these on all ages."""
    ends, risk = ended.sum(axis=1), at_risk.sum(axis=1)
    ends, risk = np.add.reduceat(ends, EDGES, axis=1), np.add.reduceat(risk, EDGES, axis=1)
    overall = (ends.sum() + 1e-6) / (risk.sum() + 1e-3)
    all_families = (ends.sum(axis=0) + 1) / (risk.sum(axis=0) + 1 / overall)
    steps = (ends + SUGGESTED) / (risk + SUGGESTED / all_families)
    by_week: F64 = np.repeat(steps, np.diff([*EDGES, AGES]), axis=1)
    return by_week


def _season(ended: F64, at_risk: F64, hazard: F64) -> F64:
    slots = (_weeks() % YEAR).ravel()
    expected = _sums(slots, (at_risk * hazard[:, None, :]).sum(axis=0).ravel(), YEAR)
    factors: F64 = (ended + SUGGESTED_SEASON) / (expected + SUGGESTED_SEASON)
    return factors


def _suggest(history: History, endings: F64, expected: F64) -> F64:
    """Return the factor that a therapist's therapies (their geometric mean) and her area suggest."""
    people = len(history.ids)
    each = np.maximum(np.bincount(history.modality_row, minlength=people), 1)[history.modality_row]
    kinds, kind = np.unique(history.modality, return_inverse=True)
    ends = _sums(kind, endings[history.modality_row] / each, len(kinds))
    hoped = _sums(kind, expected[history.modality_row] / each, len(kinds))
    logs = np.log((ends + SUGGESTED) / (hoped + SUGGESTED))
    by_therapy = np.exp(_sums(history.modality_row, logs[kind] / each, people))
    areas, area = np.unique(history.area, return_inverse=True)
    ends = _sums(area, endings, len(areas))
    hoped = _sums(area, expected * by_therapy, len(areas))
    by_area: F64 = (ends + SUGGESTED) / (hoped + SUGGESTED)
    return by_therapy * by_area[area]


def _shape(endings: F64, expected: F64) -> float:
    """Return how alike therapists are, by moments: what their endings vary beyond chance."""
    beyond = ((endings - expected) ** 2 - expected).sum()
    return float(np.clip((expected**2).sum() / max(beyond, 1e-9), LEAST_SHAPE, MOST_SHAPE))
