"""A recorded run once more: is the list the same, does it follow from what was recorded, and if not, why exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.preferences import VERSION, Stated
from matching.engine.columns import Book, microseconds
from matching.engine.explain import Verdicts, judge
from matching.engine.rank import ENGINE_VERSION, Lens, rank
from matching.models import MatchRun, RegisterChange, RegisterLog
from matching.records import (
    FACTS,
    OUT_OF_REACH,
    Item,
    Kept,
    facts_of,
    follows,
    list_digest,
    meaning_digest,
    shown_of,
    states_of,
)
from matching.rows import weeks_of
from matching.store import store
from matching.words import reason_words, where_words
from therapists.models import Therapist

PART_WORDS = {
    "taking": gettext_lazy("whether they take new people"),
    "profile": gettext_lazy("their profile"),
    "rooms": gettext_lazy("their rooms"),
    "places": gettext_lazy("their places"),
    "contracts": gettext_lazy("who pays for them"),
    "offers": gettext_lazy("what they offer"),
    "list": gettext_lazy("their waiting list and its forecast"),
}

SAME, OTHERWISE, OUT, GONE, NOT_ASKED = "same", "otherwise", "out", "gone", "not_asked"


@dataclass(frozen=True)
class Said:
    """How she did on one stated item, in words. `state` as in matching.rows.Reason."""

    item_key: str
    domain: str
    value: str
    state: str
    words: str


@dataclass(frozen=True)
class Line:
    """One of the first of a recorded list. `group`: equal for those who fitted and waited equally, 1 for the best.

    `changed`: what the register says differently of her now; None where that was not recorded. `now`: how she comes out
    when asked again for the same moment: same, otherwise (other reasons, or another wait), out (not in the list), gone,
    not_asked.
    """

    therapist_id: int
    name: str
    group: int
    wait_weeks: int | None
    reasons: tuple[Said, ...]
    changed: tuple[str, ...] | None
    now: str


@dataclass(frozen=True)
class Repeat:
    """`same`: asked again, the whole list is the same. `follows`: the first of it follows from what was recorded.

    `causes`: why it is not the same, or cannot be asked again; empty exactly when it is the same.
    """

    run: MatchRun
    lines: tuple[Line, ...]
    same: bool
    follows: bool
    eligible_now: int | None
    causes: tuple[str, ...]


@dataclass(frozen=True)
class _Again:
    """The answers of today's register to the run's question: digest of the list, its length, and each of the first."""

    digest: str
    eligible: int
    ids: list[int]
    verdicts: Verdicts


def match_run_repeat(run: MatchRun) -> Repeat:
    """Repeat a run for its own moment, with its own weights and lots. Reads only."""
    items, kept = shown_of(run.shown)
    if run.statement_version != VERSION:
        return Repeat(run, (), same=False, follows=False, eligible_now=None, causes=(_statement_words(run),))
    stated = Stated.from_canonical(run.preferences.data)
    lens = store.current().lens
    book = lens.register.book
    again = _again(run, stated, lens) if run.engine_version == ENGINE_VERSION else None
    facts = facts_of(row.therapist_id for row in kept)
    names = dict(Therapist.objects.filter(pk__in=run.first_ids).values_list("pk", "display_name"))
    lines = []
    for row in kept:
        told = facts.get(row.therapist_id)
        changed = _changed(row, told)
        reasons = tuple(_said(item, row, number, stated, book) for number, item in enumerate(items))
        now = _now(row, items, again) if told is not None else GONE
        name = names.get(row.therapist_id, "")
        lines.append(Line(row.therapist_id, name, _group(row, kept), row.wait_weeks, reasons, changed, now))
    same = again is not None and bool(run.list_digest) and again.digest == run.list_digest
    return Repeat(
        run=run,
        lines=tuple(lines),
        same=same,
        follows=bool(kept)
        and run.order == "fit"
        and follows(items, kept, stated=stated, book=book, weights=run.weight_set.weights, seed=int(run.seed)),
        eligible_now=again.eligible if again else None,
        causes=() if same else tuple(_causes(run, lines, again, stated, book)),
    )


def _again(run: MatchRun, stated: Stated, lens: Lens) -> _Again:
    silent, weights = tuple(run.silent), run.weight_set.weights
    whole = rank(
        stated, lens, weights, int(run.seed), run.as_of, silent=silent, limit=lens.register.size, order=run.order
    )
    verdicts = judge(stated, lens, weights, microseconds(run.as_of), tuple(run.first_ids), silent=silent)
    first = whole.ids[run.offset : run.offset + len(run.first_ids)].tolist()
    return _Again(list_digest(whole.ids, whole.bands), whole.eligible, first, verdicts)


def _changed(row: Kept, told: Sequence[str] | None) -> tuple[str, ...] | None:
    if row.facts is None or told is None:
        return None
    # Runs from before something was recorded say nothing of it.
    parts = zip(FACTS, row.facts, told, strict=False)
    return tuple(str(PART_WORDS[name]) for name, then, now in parts if then != now)


def _now(row: Kept, items: Sequence[Item], again: _Again | None) -> str:
    if again is None:
        return NOT_ASKED
    shown = again.verdicts.shown
    if row.therapist_id not in shown.ids:
        return GONE
    if row.therapist_id in again.verdicts.not_taking or again.verdicts.failed[row.therapist_id]:
        return OUT
    number = shown.ids.index(row.therapist_id)
    # By item: what was recorded may have been stated in another order.
    then = {item.key: state for item, state in zip(items, row.states, strict=True)}
    states = zip((column.key for column in shown.columns), states_of(shown.columns, number), strict=True)
    as_long = weeks_of(shown, number) == row.wait_weeks
    same = as_long and int(shown.bands[number]) == row.band and dict(states) == then
    return SAME if same else OTHERWISE


def _group(row: Kept, kept: Sequence[Kept]) -> int:
    fits = sorted({(-one.band, one.wait_weeks is None, one.wait_weeks or 0) for one in kept})
    return fits.index((-row.band, row.wait_weeks is None, row.wait_weeks or 0)) + 1


def _said(item: Item, row: Kept, number: int, stated: Stated, book: Book) -> Said:
    state = row.states[number]
    if item.domain == "distance":
        words = where_words(row.metres, row.about, state)
    else:
        words = reason_words(item.domain, item.value, state, stated, book)
    return Said(item.key, item.domain, item.value, "unmet" if state == OUT_OF_REACH else state, words)


def _statement_words(run: MatchRun) -> str:
    words = _("What was asked is written in version %(then)d; this is version %(now)d, which cannot read it.")
    return words % {"then": run.statement_version, "now": VERSION}


def _causes(run: MatchRun, lines: Sequence[Line], again: _Again | None, stated: Stated, book: Book) -> list[str]:
    """Return why the list is not the same, the most telling first. Never empty."""
    found = []
    if again is None:
        words = _("It was made by version %(then)s of the engine; this is version %(now)s, which may judge otherwise.")
        found.append(words % {"then": run.engine_version, "now": ENGINE_VERSION})
    if not run.list_digest:
        found.append(_("The whole list was not recorded then."))
    if run.meaning_digest and run.meaning_digest != meaning_digest(stated, book):
        found.append(
            _("The lists that the words of the statement stand on (therapy types, issues, languages) have changed.")
        )
    found += _who_changed(lines)
    if again is not None and again.eligible != run.eligible:
        words = _("%(then)d therapists fitted then; for the same moment it would be %(now)d now.")
        found.append(words % {"then": run.eligible, "now": again.eligible})
    if again is not None and run.first_ids and again.ids == run.first_ids:
        found.append(_("The first of the list are the same; the difference is further down."))
    found.append(_log_words(changed_since(run.shown.get("log"))))
    return found


def _who_changed(lines: Sequence[Line]) -> list[str]:
    gone = sum(line.now == GONE for line in lines)
    changed = sum(bool(line.changed) for line in lines)
    unknown = sum(line.changed is None and line.now != GONE for line in lines)
    counts = (
        (
            gone,
            ngettext(
                "%(n)d of those shown is not on the register any more.",
                "%(n)d of those shown are not on the register any more.",
                gone,
            ),
        ),
        (
            changed,
            ngettext("Of those shown, %(n)d has changed since.", "Of those shown, %(n)d have changed since.", changed),
        ),
        (
            unknown,
            ngettext(
                "What the register said of %(n)d of those shown was not recorded.",
                "What the register said of %(n)d of those shown was not recorded.",
                unknown,
            ),
        ),
    )
    return [words % {"n": number} for number, words in counts if number]


def _log_words(changed: int | None) -> str:
    if changed is None:
        return _(
            "How many therapists have changed since cannot be said: the log of changes does not reach back that far."
        )
    words = ngettext(
        "By the log of changes, up to %(n)d therapist has changed since.",
        "By the log of changes, up to %(n)d therapists have changed since.",
        changed,
    )
    return words % {"n": changed}


def changed_since(log: Sequence[Any] | None) -> int | None:
    """Return how many therapists the log of changes names since it stood there (see `log_now`).

    None where it has been pruned, emptied or replaced since, or does not name them all.
    """
    if not log:
        return None
    generation, snapshot = log
    oldest = int(snapshot.partition(":")[0])
    if not RegisterLog.objects.filter(generation=generation, pruned_below__lte=oldest).exists():
        return None
    # Not simply all from the oldest on: another transaction that was open then would make ours before it count.
    rows = RegisterChange.objects.filter(txid__gte=oldest).extra(
        where=["NOT pg_visible_in_snapshot(matching_registerchange.txid::text::xid8, %s::pg_snapshot)"],
        params=[snapshot],
    )
    if rows.filter(Q(therapist_id__isnull=True) | Q(therapist_id=-1)).exists():
        return None
    return rows.filter(therapist_id__gt=0).values("therapist_id").distinct().count()
