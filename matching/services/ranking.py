"""Ranking for pages: the process's current register, the weights in force, this moment; and reasons in words."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from clients.preferences import Stated
from core import clock
from matching.engine.columns import Book, microseconds
from matching.engine.explain import Verdicts, judge, shown_of
from matching.engine.rank import Lens, Ranked, rank
from matching.engine.widen import Gain, widen
from matching.rows import Reason, Row, rows_of
from matching.store import Current, store
from matching.unknown import unknown_in
from matching.weights import EVIDENCE
from matching.words import OTHERS, others_words, rule_words

NOT_TAKING = "not_taking"


@dataclass(frozen=True)
class Relax:
    """What rules cost: `removes` listed therapists fail them, `gain` would fit without them."""

    rules: tuple[str, ...]
    words: str
    removes: int
    gain: int
    soonest_weeks: int | None


@dataclass(frozen=True)
class Widening:
    rules: tuple[Relax, ...]
    soonest_now: int | None
    best_pair: Relax | None
    removed_by: dict[str, int]


@dataclass(frozen=True)
class Ranking:
    """A page of the list. `eligible` counts the whole list, `with_place` those with a place now.

    What rules cost is computed when first asked for.
    """

    stated: Stated
    rows: tuple[Row, ...]
    eligible: int
    as_of: datetime.datetime
    register_version: str
    weight_set_id: int | None
    order: str
    offset: int
    _ranked: Ranked = field(repr=False, compare=False)
    lens: Lens = field(repr=False, compare=False)
    silent: tuple[int, ...] = field(repr=False, compare=False)
    weights: Mapping[str, int] = field(repr=False, compare=False)

    @property
    def with_place(self) -> int:
        return self._ranked.with_place

    @property
    def ranked(self) -> Ranked:
        """Return the list as arrays."""
        return self._ranked

    @cached_property
    def widen(self) -> Widening:
        """Return what each of the person's own rules costs, and what easing it or a pair of them would bring."""
        found = widen(self._ranked.plan, self._ranked.view, silent=self.silent)
        return Widening(
            rules=tuple(self._relax(gain) for gain in found.gains),
            soonest_now=found.soonest_now,
            best_pair=self._relax(found.best_pair) if found.best_pair else None,
            removed_by=found.removed_by,
        )

    @property
    def removed_by(self) -> dict[str, int]:
        """Return how many listed therapists fail each rule in force."""
        return self.widen.removed_by

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the domains in which something was stated that no list holds, so that nobody can meet it."""
        return unknown_in(self.stated, self._ranked.plan.book)

    def _relax(self, gain: Gain) -> Relax:
        words = _(" and ").join(rule_words(rule, self.stated, self._ranked.plan.book) for rule in gain.rules)
        return Relax(gain.rules, words, gain.removes, gain.gain, gain.soonest)


@dataclass(frozen=True)
class Why:
    """About one therapist, in the list or not. `failed`: which of the person's own rules keep her out.

    `not_taking` among them stands for everything that is none of the person's business; `eligible`: nothing failed.
    `others`: key of a wish she does not grant in full -> whoever does, in words ("others who offer evenings").
    """

    eligible: bool
    failed: tuple[str, ...]
    failed_words: tuple[str, ...]
    row: Row
    others: Mapping[str, str] = field(default_factory=dict)


def rank_now(
    stated: Stated,
    *,
    seed: int,
    silent_exclusions: Iterable[int] = (),
    limit: int = 20,
    offset: int = 0,
    order: str = "fit",
) -> Ranking:
    """Rank everybody listed who has a place, or a list that takes one more, as of now.

    `order`: fit, distance, wait or fee, else ValueError. `silent_exclusions` (pks) read as not listed and are never
    counted. One query when nothing changed.
    """
    as_of, current, silent = clock.now(), store.current(), tuple(silent_exclusions)
    weights = _weights(current)
    ranked = rank(
        stated,
        current.lens,
        weights,
        seed,
        as_of,
        silent=silent,
        limit=limit,
        offset=offset,
        order=order,
    )
    return Ranking(
        stated=stated,
        rows=rows_of(shown_of(ranked)),
        eligible=ranked.eligible,
        as_of=as_of,
        register_version=ranked.view.register.version,
        weight_set_id=current.weight_set_id,
        order=order,
        offset=offset,
        _ranked=ranked,
        lens=current.lens,
        silent=silent,
        weights=weights,
    )


def why_for(
    stated: Stated, therapist_ids: Iterable[int], *, seed: int = 0, silent_exclusions: Iterable[int] = ()
) -> dict[int, Why]:
    """Explain given therapists by pk, in or out of the list; unknown pks are left out. `seed` decides nothing here."""
    del seed
    return _whys(stated, store.current(), tuple(dict.fromkeys(therapist_ids)), tuple(silent_exclusions))


def whys_of(stated: Iterable[Stated], therapist_id: int) -> list[Why | None]:
    """Explain one therapist to each of several people, in their order: one look at the register for all of them."""
    current = store.current()
    return [_whys(one, current, (therapist_id,), ()).get(therapist_id) for one in stated]


def _whys(stated: Stated, current: Current, ids: tuple[int, ...], silent: tuple[int, ...]) -> dict[int, Why]:
    verdicts = judge(stated, current.lens, _weights(current), microseconds(clock.now()), ids, silent=silent)
    rows = rows_of(verdicts.shown, not_taking=verdicts.not_taking)
    return {row.therapist_id: _why(stated, row, verdicts, current.lens.register.book) for row in rows}


def _weights(current: Current) -> Mapping[str, int]:
    return EVIDENCE if current.weights is None else current.weights


def _why(stated: Stated, row: Row, verdicts: Verdicts, book: Book) -> Why:
    failed = verdicts.failed[row.therapist_id]
    if row.therapist_id in verdicts.not_taking:
        failed = (NOT_TAKING, *failed)
    words = tuple(rule_words(rule, stated, book) for rule in failed)
    others = {
        reason.item_key: others_words(reason.domain, reason.value, stated, book)
        for reason in row.reasons
        if reason.state != "met" and reason.domain in OTHERS
    }
    return Why(eligible=not failed, failed=failed, failed_words=words, row=row, others=others)


__all__ = ["Ranking", "Reason", "Relax", "Row", "Why", "Widening", "rank_now", "why_for", "whys_of"]
