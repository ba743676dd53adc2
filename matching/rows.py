"""Ranked therapists as values for pages, each reason with its words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import isqrt

from django.utils.translation import get_language

from matching.engine.columns import WAIT_UNKNOWN
from matching.engine.explain import STATES, Column, Shown
from matching.engine.plan import SURE_WITHIN_M
from matching.words import reason_words, where_words


@dataclass(frozen=True)
class Reason:
    """How a therapist does on one stated item. `state`: met, partly, unmet, not_stated (she has not said), unknown."""

    item_key: str
    domain: str
    value: str
    state: str
    _words: Callable[[], str] = field(repr=False, compare=False)

    @property
    def words(self) -> str:
        """Return the sentence without its subject, in the language active now."""
        return self._words()


@dataclass(frozen=True)
class Row:
    """A therapist as ranked. `wait_weeks` 0: a place now; from 1: the forecast for her list; None: cannot say.

    `metres` None: no room or no postcode. `about`: the distance is not exact. `band` orders and is never shown.
    """

    therapist_id: int
    band: int
    wait_weeks: int | None
    metres: int | None
    about: bool
    location_id: int | None
    reasons: tuple[Reason, ...]


class Told:
    """What is said of one item in one state: many rows of a page say the same, and it is put into words once."""

    def __init__(self, say: Callable[[], str]) -> None:
        self._say = say
        self._said: dict[str | None, str] = {}

    def __call__(self) -> str:
        language = get_language()
        if language not in self._said:
            self._said[language] = self._say()
        return self._said[language]


Kept = dict[tuple[str, str], Told]


def rows_of(shown: Shown, *, not_taking: frozenset[int] = frozenset()) -> tuple[Row, ...]:
    """Return the rows in order. Of those in `not_taking` nobody can say when they will have a place."""
    kept: Kept = {}
    return tuple(
        _row(shown, n, pk, band, kept, takes=pk not in not_taking)
        for n, (pk, band) in enumerate(zip(shown.ids, shown.bands.tolist(), strict=True))
    )


def _row(shown: Shown, n: int, pk: int, band: int, kept: Kept, *, takes: bool) -> Row:
    metres, about, location_id = _where(shown, n)
    return Row(
        therapist_id=pk,
        band=band,
        wait_weeks=weeks_of(shown, n) if takes else None,
        metres=metres,
        about=about,
        location_id=location_id,
        reasons=tuple(_reason(shown, column, n, metres, about, kept=kept) for column in shown.columns),
    )


def weeks_of(shown: Shown, n: int) -> int | None:
    """Return the wait of the n-th: 0 for a place now, None where nobody can say."""
    weeks = int(shown.weeks[n])
    return None if weeks == WAIT_UNKNOWN else weeks


def _where(shown: Shown, n: int) -> tuple[int | None, bool, int | None]:
    """Return metres, whether they are only about right, and the location meant."""
    room = int(shown.reach.room[n])
    if room < 0 or not shown.reach.room_ok[n]:
        return None, False, None
    locations = shown.view.register.locations
    if shown.stated.point is None:
        return None, False, int(locations.ids[room])
    about = max(shown.stated.point[2], int(locations.precision[room])) > SURE_WITHIN_M
    return isqrt(int(shown.reach.square[n])), about, int(locations.ids[room])


def _reason(shown: Shown, column: Column, n: int, metres: int | None, about: bool, *, kept: Kept) -> Reason:
    state = STATES[int(column.states[n])]
    if column.domain == "distance":
        words: Callable[[], str] = partial(where_words, metres, about, state)
        return Reason(column.key, column.domain, column.value, state, words)
    told = state
    if state == "unmet" and column.offered is not None and column.offered[n]:
        told = "out_of_reach"
    book = shown.view.register.book
    key = column.key, told
    if key not in kept:
        kept[key] = Told(partial(reason_words, column.domain, column.value, told, shown.stated, book))
    return Reason(column.key, column.domain, column.value, state, kept[key])
