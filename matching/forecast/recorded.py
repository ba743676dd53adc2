"""The forecast judged on what has happened since, and corrected by it.

The same method is asked as of some earlier days; what it said then is compared with when the places did come free.
Where it said "80 %" and it was true for 72 %, it is read at a higher figure from now on. This takes care of whatever
the model does not know: endings that come together, places that are closed or added, turns of unusual lengths.
"""

from dataclasses import dataclass

import numpy as np

from matching.forecast.history import F64, I64, WEEK, Bools, History
from matching.forecast.pool import learn
from matching.forecast.predict import HORIZON, chances, live_turns, tables

# Weeks ago: the same time of year, since how a season bends the waits returns with it.
SAME_SEASON = (48, 52, 56)
# Asked too where that gives few cases: a young platform has no last year.
RECENT = (13, 26)
FEW_CASES = 4000
LEAST_ENDINGS = 10
# Fewer than anything is said for, so that a young platform has something to compare.
LEAST_TO_LEARN = 5
PLACES = 4  # the first, second, third, and all further places to come free
KINDS = 6  # one place; two or three; more: each with little or more history
THIN = 20  # endings
STEPS = 200
# Saying nothing (as it stands) weighs as much as so many cases.
AS_IT_STANDS = 100.0
FEWEST_AT_RISK = 30
BATCH = 1024  # therapists at once, so that the chances of a national register need no gigabyte


@dataclass(frozen=True, slots=True)
class Correction:
    """`curve[n, kind, step]`: the share of cases in which the wait was over by when the model's chance was step/STEPS.

    `cases`: how many stand behind it; `held`: the share that was over when the uncorrected model said 80 %.
    """

    curve: F64
    cases: int
    held: float | None

    def read(self, chance: F64, kinds: I64) -> F64:
        """Correct chances (therapist, n, week); `kinds`: kind_of each therapist."""
        found = np.empty_like(chance)
        grid = np.linspace(0, 1, STEPS + 1)
        for kind in range(KINDS):
            of_kind = kinds == kind
            for n in range(chance.shape[1]):
                curve = self.curve[min(n, PLACES - 1), kind]
                found[of_kind, n] = np.interp(chance[of_kind, n], grid, curve)
        return np.minimum.accumulate(found, axis=1)


def kind_of(places: I64, endings: F64) -> I64:
    size = np.searchsorted([1, 3], places)
    return (size * 2 + (endings >= THIN)).astype(np.int64)


def correct(history: History) -> Correction:
    """Ask as of earlier days and compare. With little on record the correction says next to nothing."""
    plain = np.linspace(0, 1, STEPS + 1)
    chance, over, place, kind = _asked(history, SAME_SEASON)
    cases, held = len(chance), _held(chance, over)
    everybody = plain
    if cases < FEW_CASES:
        recent = _asked(history, RECENT)
        cases += len(recent[0])
        held = _held(*recent[:2]) if held is None else held
        everybody = _lean(plain, *recent[:2])
    everybody = _lean(everybody, chance, over)
    curve = np.empty((PLACES, KINDS, STEPS + 1))
    for n in range(PLACES):
        of_place = place == n
        by_place = _lean(everybody, chance[of_place], over[of_place])
        for one in range(KINDS):
            these = of_place & (kind == one)
            curve[n, one] = _lean(by_place, chance[these], over[these])
    return Correction(curve, cases, held)


def _held(chance: F64, over: Bools) -> float | None:
    plain = np.linspace(0, 1, STEPS + 1)
    return float(np.interp(0.8, plain, _curve(plain, chance, over))) if len(chance) else None


def _asked(history: History, weeks_ago: tuple[int, ...]) -> tuple[F64, Bools, I64, I64]:
    known = [_cases(history, history.today - weeks * WEEK) for weeks in weeks_ago]
    chance, over, place, kind = (np.concatenate(parts) for parts in zip(*known, strict=True))
    return chance, over, place, kind


def _cases(history: History, day: int) -> tuple[F64, Bools, I64, I64]:
    """Return, for every wait asked about as of a day: the model's chance when it was over (or until when it is known
    not to be), whether it is over, which place it was for, and the kind of practice."""
    then = history.at(day)
    pool, live = learn(then), live_turns(then)
    table = tables(pool)
    asked = np.flatnonzero((pool.endings >= LEAST_TO_LEARN) & (live.count > 0))
    weeks = _waits(history, day, asked)
    until = np.minimum((history.today - day) / WEEK, HORIZON)
    over = weeks <= until
    parts = [
        _at(chances(pool, table, live, rows, PLACES), np.minimum(weeks, until)[start : start + BATCH])
        for start in range(0, len(asked), BATCH)
        for rows in (asked[start : start + BATCH],)
    ]
    chance = np.concatenate(parts) if parts else np.zeros((0, PLACES))
    place = np.broadcast_to(np.arange(PLACES), chance.shape)
    kind = np.broadcast_to(kind_of(live.count[asked], pool.endings[asked])[:, None], chance.shape)
    return chance.ravel(), over.ravel(), place.ravel(), kind.ravel()


def _waits(history: History, day: int, asked: I64) -> F64:
    """Return after how many weeks each therapist's first PLACES places came free; infinite where they have not."""
    later = history.ended & (history.end > day)
    row, end = history.row[later], history.end[later]
    order = np.lexsort((end, row))
    row, end = row[order], end[order]
    first = np.searchsorted(row, asked)
    count = np.searchsorted(row, asked, side="right") - first
    weeks = np.full((len(asked), PLACES), np.inf)
    for n in range(PLACES):
        has = count > n
        weeks[has, n] = (end[first[has] + n] - day) / WEEK
    return weeks


def _at(chance: F64, weeks: F64) -> F64:
    """Read chances (therapist, n, week) at (therapist, n) weeks, straight between the ends of weeks."""
    padded = np.concatenate([np.zeros((*chance.shape[:2], 1)), chance], axis=2)
    low = np.minimum(np.floor(weeks).astype(np.int64), HORIZON - 1)[:, :, None]
    below, above = (np.take_along_axis(padded, at, axis=2)[:, :, 0] for at in (low, low + 1))
    found: F64 = below + (weeks - low[:, :, 0]) * (above - below)
    return found


def _lean(known: F64, chance: F64, over: Bools) -> F64:
    """Return a curve that leans on a more general one as long as there are few cases."""
    if not len(chance):
        return known
    return (len(chance) * _curve(known, chance, over) + AS_IT_STANDS * known) / (len(chance) + AS_IT_STANDS)


def _curve(known: F64, chance: F64, over: Bools) -> F64:
    """Return the share of waits that were over by each step (Kaplan and Meier: some are not over yet).

    Beyond what enough cases reach, it goes on in proportion to what was known.
    """
    step = np.minimum((chance * STEPS).astype(np.int64), STEPS - 1)
    ended = np.bincount(step[over], minlength=STEPS)
    left = np.bincount(step, minlength=STEPS)
    at_risk = np.cumsum(left[::-1])[::-1] - (left - ended) / 2
    enough = at_risk >= FEWEST_AT_RISK
    reach = int(enough.argmin()) if not enough.all() else STEPS
    stays = np.cumprod(1 - ended[:reach] / at_risk[:reach]) if reach else np.zeros(0)
    curve = np.empty(STEPS + 1)
    curve[0] = 0
    curve[1 : reach + 1] = 1 - stays
    rest = 1 - known[reach]
    share = (known[reach + 1 :] - known[reach]) / rest if rest > 0 else 1.0
    curve[reach + 1 :] = curve[reach] + (1 - curve[reach]) * share
    return curve
