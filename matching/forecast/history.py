"""What is on record about places, as arrays."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

WEEK = 7


@dataclass(frozen=True, slots=True)
class History:
    """Everything known on the evening before `today`. Days count from any one origin.

    A *turn* begins when somebody takes a place and ends when the place is there for the next person: time in which
    nobody is in it and nobody may have it belongs to the turn. `ended` false: it goes on, or the place was closed,
    or `end` is only as far as is known. `live` turns go on today and their places will be offered again.

    `ids`: therapists by pk, ascending; the rows of everything else point to them. `family`: small whole numbers;
    `area`: any whole numbers. `modality_row`, `modality`: pairs, any number per therapist.
    `known_row`, `known_day`: empty places with a day, today or later, from which they are offered.
    """

    today: int
    ids: I64
    family: I64
    area: I64
    modality_row: I64
    modality: I64
    row: I64
    start: I64
    end: I64
    ended: Bools
    live: Bools
    known_row: I64
    known_day: I64

    def at(self, day: int) -> "History":
        """Return what was known on an earlier day, but for announced days: when she said them is not on record."""
        seen = self.start < day
        end = np.minimum(self.end, day)[seen]
        none = np.zeros(0, np.int64)
        return replace(
            self,
            today=day,
            row=self.row[seen],
            start=self.start[seen],
            end=end,
            ended=self.ended[seen] & (self.end[seen] <= day),
            live=self.end[seen] > day,
            known_row=none,
            known_day=none,
        )
