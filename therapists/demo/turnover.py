"""Who was in the demonstration's places before: times only, because nobody is made up to stand behind them.

Turns last some months, longer with some therapists than with others, so that waits can be forecast from them as from a
real history.
"""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

REACH = 760  # days
TURNS = 40
SHORTEST = 14


def past_claims(
    places: Sequence[tuple[int, int, bool]], *, now: datetime.datetime, seed: int
) -> Iterator[tuple[Any, ...]]:
    """Yield rows in the order of rows.CLAIM for (place, therapist, somebody is in it now), the latest turn first."""
    if not places:
        return
    rng = np.random.default_rng(seed)
    place, therapist, taken = (np.array(column) for column in zip(*places, strict=True))
    owner, own = np.unique(therapist, return_inverse=True)
    pace = rng.lognormal(0, 0.3, len(owner))[own]
    shape = (len(place), TURNS)
    lengths = SHORTEST + rng.gamma(2, 45, shape) * pace[:, None]
    gaps = rng.exponential(5, shape)
    # Somebody in a place now is somewhere in her turn; a free place was left not long ago.
    lengths[:, 0] *= np.where(taken, rng.random(len(place)), 1.0)
    gaps[:, 0] = np.where(taken, 0.0, 1 + gaps[:, 0])
    opened = np.cumsum(lengths + gaps, axis=1)
    released = opened - lengths
    row, turn = np.nonzero(opened < REACH)
    still = taken[row] & (turn == 0)
    moments = (_moments(now, days[row, turn]) for days in (opened, released))
    for pk, holder, began, over, goes_on in zip(
        place[row].tolist(), therapist[row].tolist(), *moments, still.tolist(), strict=True
    ):
        yield pk, "occupied", "demo", holder, began, None if goes_on else over, "" if goes_on else "completed"


def _moments(now: datetime.datetime, days_ago: np.ndarray) -> list[str]:
    start = np.datetime64(now.astimezone(datetime.UTC).replace(tzinfo=None), "s")
    moments = start - (days_ago * 86_400).astype("timedelta64[s]")
    return [f"{moment}+00" for moment in np.datetime_as_string(moments).tolist()]
