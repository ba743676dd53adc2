"""The forecast itself: whole weeks for whoever has nobody, one, two ... people ahead of her."""

import datetime
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.forecast.history import F64, I64, WEEK, History
from matching.forecast.pool import Pool, learn
from matching.forecast.predict import HORIZON, chances, live_turns, tables
from matching.forecast.recorded import BATCH, LEAST_ENDINGS, Correction, correct, kind_of

METHOD = "1"
AHEAD = 20  # people ahead of somebody for whom a wait is worked out
UNKNOWN = 0
# A forecast is made every night. Older than this, what it rests on may have changed without anybody noticing.
STALE_AFTER = datetime.timedelta(days=3)
# No week is called "8 people in 10" that is less likely than this.
LEAST_TOLD = 0.75

I16 = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Forecasts:
    """One row per therapist of the history.

    `median`, `eight_in_ten`: (therapist, people ahead 0 ... AHEAD), whole weeks from 1; UNKNOWN where more than HORIZON
    or not to be said. `based_on`: how many people have had one of her places and left it to the next one, within the
    last two years (somebody who came back counts each time; whoever is in a place now is not counted). It is her own
    people only, though what is known of others shapes the forecast: under LEAST_ENDINGS nothing is said.
    `shape`, `rate`: what is believed of her factor (gamma).
    """

    ids: I64
    median: I16
    eight_in_ten: I16
    based_on: I64
    shape: F64
    rate: F64
    pool: Pool
    correction: Correction


def forecast(history: History, *, ahead: int = AHEAD) -> Forecasts:
    """Forecast the waits of everybody in the history, for nobody up to `ahead` people ahead."""
    pool, live = learn(history), live_turns(history)
    table = tables(pool)
    correction = correct(history)
    kinds = kind_of(live.count, pool.endings)
    known = _Known(history, ahead + 1)
    shape, rate = pool.own_factor()
    weeks = np.full((2, len(history.ids), ahead + 1), UNKNOWN, np.int16)
    said = np.flatnonzero((pool.endings >= LEAST_ENDINGS) & ((live.count > 0) | known.some))
    for start in range(0, len(said), BATCH):
        rows = said[start : start + BATCH]
        chance = correction.read(chances(pool, table, live, rows, ahead + 1), kinds[rows])
        weeks[:, rows] = _weeks(known.counted_in(chance, rows))
    return Forecasts(history.ids, weeks[0], weeks[1], pool.endings.astype(np.int64), shape, rate, pool, correction)


class _Known:
    """Places with a day from which they are offered: certain, as far as anything she says is."""

    def __init__(self, history: History, most: int) -> None:
        week = np.maximum(-(-(history.known_day - history.today) // WEEK), 1)
        soon = week <= HORIZON
        self.row, self.week = history.known_row[soon], week[soon]
        self.some = np.bincount(self.row, minlength=len(history.ids)) > 0
        self.most = most

    def counted_in(self, chance: F64, rows: I64) -> F64:
        """Return the chances when each such place counts as one that has come free from its week on."""
        at = np.flatnonzero(self.some[rows])
        if not len(at):
            return chance
        index = np.full(len(self.some), -1)
        index[rows[at]] = np.arange(len(at))
        mine = index[self.row] >= 0
        sure = np.zeros((len(at), HORIZON), np.int64)
        np.add.at(sure, (index[self.row[mine]], self.week[mine] - 1), 1)
        sure = np.cumsum(sure, axis=1)
        certain = np.concatenate([np.ones((len(at), 1, HORIZON)), chance[at]], axis=1)
        still = np.maximum(np.arange(1, self.most + 1)[None, :, None] - sure[:, None, :], 0)
        counted = chance.copy()
        counted[at] = np.take_along_axis(certain, still, axis=1)
        return counted


def _weeks(chance: F64) -> I16:
    """Return (median, eight in ten) in whole weeks for chances (therapist, n, week).

    The median is rounded up. For eight in ten, rounding up always would make short waits look longer than they are
    (of those who are told "2 weeks", 9 in 10 would wait no longer), so the week whose chance is nearest to 80 % is
    told, but none whose chance is below 75 %.
    """
    median = _first(chance, 0.5)
    up = _first(chance, 0.8)
    down = np.maximum(up - 1, 1)
    below, above = (np.take_along_axis(chance, w[:, :, None] - 1, axis=2)[:, :, 0] for w in (down, np.maximum(up, 1)))
    nearer = (up > 1) & (below >= LEAST_TOLD) & (0.8 - below < above - 0.8)
    eight = np.where(nearer, down, up)
    said = (up > 0) & (median > 0)
    return np.where(said, np.stack([median, np.maximum(eight, median)]), UNKNOWN).astype(np.int16)


def _first(chance: F64, at_least: float) -> I64:
    """Return the first week in which a chance is reached; 0 where it never is."""
    reached = chance >= at_least
    return np.where(reached.any(axis=2), reached.argmax(axis=2) + 1, 0)
