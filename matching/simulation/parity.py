"""How evenly something is shared among those who should have equal chances."""

import numpy as np

from matching.engine.columns import I64
from matching.exposure.tally import F64, Share


def gini(got: F64, fair: F64) -> float:
    """Return the Gini coefficient of what was got against fair shares: 0 when each got her share, towards 1 when few
    got all. Aligned arrays; whoever has no fair share is left out. 0 for nobody.
    """
    there = fair > 0
    got, fair = got[there].astype(float), fair[there].astype(float)
    if not len(fair) or not got.sum():
        return 0.0
    order = np.argsort(got / fair, kind="stable")
    people = fair[order] / fair.sum()
    shares = np.concatenate([[0.0], np.cumsum(got[order] / got.sum())])
    return float(1 - (people * (shares[1:] + shares[:-1])).sum())


class Parity:
    """Counts the places of first tens that equals draw for, under three ways to give them out. By register row."""

    WAYS = ("rotation", "ideal lots", "by number")

    def __init__(self, size: int, seed: int) -> None:
        self.fair = np.zeros(size)
        self.spread = np.zeros(size)
        self.got = {way: np.zeros(size) for way in self.WAYS}
        self.lists = 0
        self._ids: I64 | None = None
        self._lots = np.random.default_rng(seed)

    def add(self, ids: I64, share: Share) -> None:
        """Count one list. `ids`: therapists by row, the same every time; otherwise ValueError."""
        if self._ids is None:
            self._ids = ids
        elif ids is not self._ids and not np.array_equal(ids, self._ids):
            raise ValueError("rows of the register mean other people than before")
        self.lists += 1
        equals = share.equals
        drawn = len(share.top) - len(share.above)
        if share.chance >= 1:
            return
        self.fair[equals] += share.chance
        self.spread[equals] += share.chance * (1 - share.chance)
        self.got["rotation"][np.setdiff1d(share.top, share.above)] += 1
        self.got["ideal lots"][self._lots.choice(equals, drawn, replace=False)] += 1
        self.got["by number"][equals[np.argpartition(ids[equals], drawn - 1)[:drawn]]] += 1

    def figures(self) -> dict[str, dict[str, float]]:
        """Return per way: gini; evenness (mean square of the distance in units of chance, 1 for lots); and how many in
        a hundred of those with a share of at least 3 were never drawn.
        """
        enough = self.spread >= 3
        expecting = self.fair >= 3
        found = {}
        for way, got in self.got.items():
            off = (got - self.fair)[enough] / np.sqrt(self.spread[enough])
            found[way] = {
                "gini": round(gini(got, self.fair), 4),
                "evenness": round(float((off**2).mean()), 3) if len(off) else 0.0,
                "never shown, per cent": round(100 * float((got[expecting] == 0).mean()), 2)
                if expecting.any()
                else 0.0,
            }
        return found
