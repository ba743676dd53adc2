"""What each hard rule costs, and what relaxing it would bring: exact, in one pass over everybody listed.

Each therapist has some ways to meet, and a way fails a set of rules. She fits when one of her ways fails nothing, and
would fit without rule r when one of her ways fails r alone. So gains need no second ranking, and the rules that one
room must satisfy together are judged together.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matching.engine import bits
from matching.engine.columns import U64, WAIT_UNKNOWN
from matching.engine.failing import Failing, counted, failing_of
from matching.engine.plan import Plan
from matching.engine.rules import FIXED
from matching.engine.scope import Flags, Scope
from matching.engine.view import View


@dataclass(frozen=True)
class Gain:
    """Relaxing `rules` together would add `gain` therapists; `soonest` is the shortest wait among them, in weeks."""

    rules: tuple[str, ...]
    removes: int
    gain: int
    soonest: int | None


@dataclass(frozen=True)
class Widen:
    """`removed_by`: how many listed therapists fail each rule, silent exclusions never counted. `gains`: by rule.

    `best_pair`: the two rules that bring most together, where they bring more than either alone.
    """

    removed_by: dict[str, int]
    eligible: int
    soonest_now: int | None
    gains: tuple[Gain, ...]
    best_pair: Gain | None


@dataclass(frozen=True)
class _Tally:
    """`failed`: who fails a rule. Of those who do not fit, who would without one (`alone`), without two (`pairs`)."""

    fits: Flags
    failed: dict[str, Flags]
    alone: dict[str, Flags]
    pairs: dict[tuple[str, str], Flags]


def widen(plan: Plan, view: View, *, silent: tuple[int, ...] = ()) -> Widen:
    """Count over everybody listed. Who has neither a place nor a list that takes one more, is excluded or of another
    client group, is no gain.
    """
    asked, without = view.listed, np.unique(view.register.rows_of(silent))
    asked = bits.put(asked, without, np.zeros(len(without), bool))
    tally = _tally(failing_of(Scope(plan, view)), asked)
    removed_by = {name: bits.count(failed) for name, failed in tally.failed.items()}
    gained = {name: bits.count(whose) for name, whose in tally.alone.items()}
    eligible = bits.count(tally.fits)
    return Widen(
        removed_by=removed_by,
        eligible=eligible,
        soonest_now=_soonest(view, tally.fits),
        gains=tuple(
            Gain((name,), removed_by[name], gain, _soonest(view, tally.alone[name])) for name, gain in gained.items()
        ),
        best_pair=_best_pair(view, tally, gained),
    )


def _tally(failing: Failing, asked: U64) -> _Tally:
    own = [name for name in failing.names if name not in FIXED]
    fits = failing.none
    alone = dict.fromkeys(own, failing.none)
    pairs = dict.fromkeys(combinations(own, 2), failing.none)
    for way in failing.by_way():
        has = way.has & asked
        once, twice, more = counted(way.fails, failing.none)
        fits = fits | has & ~once
        one, two = has & once & ~twice, has & twice & ~more
        for name in own:
            alone[name] = alone[name] | one & way.fails[name]
        for pair in pairs:
            pairs[pair] = pairs[pair] | two & way.fails[pair[0]] & way.fails[pair[1]]
    return _Tally(
        fits=fits,
        failed={name: failed & asked for name, failed in failing.failed().items()},
        alone={name: whose & ~fits for name, whose in alone.items()},
        pairs={pair: whose & ~fits for pair, whose in pairs.items()},
    )


def _soonest(view: View, whose: U64) -> int | None:
    """Return the shortest wait among some, in weeks; None where nobody can say, or nobody is among them."""
    if np.count_nonzero(whose & view.taking):
        return 0
    weeks = int(view.weeks(bits.rows_in(whose)).min(initial=WAIT_UNKNOWN))
    return None if weeks == WAIT_UNKNOWN else weeks


def _best_pair(view: View, tally: _Tally, gained: dict[str, int]) -> Gain | None:
    """Return the two rules that bring most together, if more than either alone; of equals, the first shown."""
    best: Gain | None = None
    for (one, other), whose in tally.pairs.items():
        either: Flags = whose | tally.alone[one] | tally.alone[other]
        gain = bits.count(either)
        if gain > max(gained[one], gained[other]) and (best is None or gain > best.gain):
            failed: Flags = tally.failed[one] | tally.failed[other]
            removes = bits.count(failed)
            best = Gain((one, other), removes, gain, _soonest(view, either))
    return best
