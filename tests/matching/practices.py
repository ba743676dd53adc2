"""Made-up practices whose future is known: what a forecast says is compared with what comes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.forecast import History

TODAY = 20_000
WEEK = 7
PAST, FUTURE = 1500, 1100  # days

Durations = Callable[[np.random.Generator, np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Practices:
    """A history up to TODAY, and the days after it on which each therapist's places come free, ascending, inf after."""

    history: History
    free: np.ndarray


def steady(rng: np.random.Generator, factor: np.ndarray, turns: int) -> np.ndarray:
    """Around sixteen weeks, some much shorter, some twice as long."""
    return rng.gamma(1.6, 70, (len(factor), turns)) * factor[:, None] + 7


def heavy_tailed(rng: np.random.Generator, factor: np.ndarray, turns: int) -> np.ndarray:
    """Most end within ten weeks; a few go on for years."""
    return rng.lognormal(np.log(60), 1.15, (len(factor), turns)) * factor[:, None] + 7


def fixed_term(rng: np.random.Generator, factor: np.ndarray, turns: int) -> np.ndarray:
    """Twelve sessions and a little, for nearly everybody; one in eight stops after the first meetings."""
    early = rng.random((len(factor), turns)) < 0.125
    return np.where(early, rng.uniform(7, 28, early.shape), rng.normal(98, 12, early.shape).clip(30) * factor[:, None])


def practices(
    seed: int,
    *,
    people: int = 1500,
    durations: Durations = steady,
    differ: float = 0.3,
    tenure: tuple[float, float] = (40, 200),
    places: tuple[int, int] = (1, 6),
    warp: Callable[[np.ndarray], np.ndarray] | None = None,
    snap: Callable[[np.random.Generator, np.ndarray], np.ndarray] | None = None,
    pause: float = 0.0,
    changed: bool = False,
    idle: float = 0.0,
) -> Practices:
    """Draw practices in which somebody always waits.

    `durations`: days of turns. `differ`: spread of therapists' own factor (log). `tenure`: weeks since she began.
    `warp`: maps days of an even clock to days of the calendar, so that endings come more often at some times of year.
    `snap`: moves endings. `pause`: mean days between an ending and the next person. `idle`: the same, but nobody
    waited: the place was there. `changed`: within the last twelve weeks half of them added places or closed some.
    """
    rng = np.random.default_rng(seed)
    count = rng.integers(places[0], places[1] + 1, people)
    family = rng.integers(0, 3, people)
    area = rng.integers(0, 12, people)
    own = np.exp(rng.normal(0, differ, people)) * np.array([0.7, 1.0, 1.4])[family] * (0.85 + 0.03 * area)
    row = np.repeat(np.arange(people), count)
    began = TODAY - (rng.uniform(*tenure, people) * WEEK)[row] + rng.uniform(0, 60, len(row))
    closed = np.full(len(row), np.inf)
    if changed:
        row, began, closed = _change(rng, row, began, closed, people)
    length = durations(rng, own[row], 60) + (rng.exponential(pause, (len(row), 60)) if pause else 0.0)
    gap = rng.exponential(idle, length.shape) if idle else np.zeros(length.shape)
    end = began[:, None] + np.cumsum(length, axis=1) + np.cumsum(gap, axis=1) - gap
    if warp is not None:
        end = warp(end)
    if snap is not None:
        end = np.maximum.accumulate(snap(rng, end), axis=1)
    end = np.ceil(end)
    start = np.concatenate([np.ceil(began)[:, None], (end + gap)[:, :-1]], axis=1)
    return _recorded(rng, people, family, area, row, start, end, closed)


def _change(rng, row, began, closed, people):
    """Add one to three places to some practices, each taken at once; close some places of others."""
    what = rng.choice(["", "", "more", "fewer"], people)
    more = np.repeat(np.flatnonzero(what == "more"), rng.integers(1, 4, (what == "more").sum()))
    since = TODAY - rng.uniform(0, 12 * WEEK, people)
    closes = (what[row] == "fewer") & (rng.random(len(row)) < 0.5)
    closed = np.where(closes, since[row], np.inf)
    return (
        np.concatenate([row, more]),
        np.concatenate([began, since[more]]),
        np.concatenate([closed, np.full(len(more), np.inf)]),
    )


def _recorded(rng, people, family, area, row, start, end, closed) -> Practices:
    row = np.broadcast_to(row[:, None], start.shape)
    closed = np.broadcast_to(closed[:, None], start.shape)
    happens = (start < closed) & (start < TODAY)
    free = np.where((end < closed) & (end > TODAY), end, np.inf)
    ended = (end <= TODAY) & (end < closed)
    until = np.minimum(np.minimum(end, closed), TODAY)
    modality = family * 2 + rng.integers(0, 2, people)
    order = np.argsort(row[happens], kind="stable")
    column = lambda values: values[happens][order]  # noqa: E731
    history = History(
        today=TODAY,
        ids=np.arange(1, people + 1),
        family=family.astype(np.int64),
        area=area.astype(np.int64),
        modality_row=np.arange(people),
        modality=modality.astype(np.int64),
        row=column(row).astype(np.int64),
        start=column(start).astype(np.int64),
        end=column(until).astype(np.int64),
        ended=column(ended),
        live=column((end > TODAY) & (closed > TODAY)),
        known_row=np.zeros(0, np.int64),
        known_day=np.zeros(0, np.int64),
    )
    return Practices(history, _by_therapist(people, row, free))


def _by_therapist(people: int, row: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Return the first twelve days per therapist."""
    later = np.isfinite(free)
    rows, days = row[later], free[later]
    order = np.lexsort((days, rows))
    rows, days = rows[order], days[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    found = np.full((people, 12), np.inf)
    found[rows[rank < 12], rank[rank < 12]] = days[rank < 12]
    return found


def seasonal(day: np.ndarray) -> np.ndarray:
    """Endings come thick before summer and rarely in winter: an even clock runs unevenly through the year."""
    turn = 2 * np.pi * (day - TODAY) / 364
    return day - 0.75 * 364 / (2 * np.pi) * (np.cos(turn) - 1)


def after_holidays(rng: np.random.Generator, end: np.ndarray) -> np.ndarray:
    """Half of all endings wait for the week after one of three holidays a year."""
    holidays = np.array([20.0, 120.0, 250.0])
    year, day = np.divmod(end - TODAY + 31, 364)
    following = np.searchsorted(holidays, day)
    late = np.where(following < 3, holidays[np.minimum(following, 2)], 364 + holidays[0])
    moved = TODAY - 31 + year * 364 + late + rng.uniform(0, 7, end.shape)
    return np.where(rng.random(end.shape) < 0.5, moved, end)
