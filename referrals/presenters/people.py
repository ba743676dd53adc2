"""The people on somebody's list, in words: for the choices page, the comparison and the check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from clients.preferences import Stated
from matching.cards import cards
from matching.engine.rules import CLIENT_GROUP, EXCLUDED, FUNDING
from matching.services.ranking import NOT_TAKING, Why, why_for
from referrals.answers import Answers, Chosen
from referrals.presenters.cards import CardLine, card_lines, named
from referrals.presenters.waiting import Entry, entry_lines
from therapists.selectors.names import names_of

Person = CardLine
MOST_SIDE_BY_SIDE = 3


def people(answers: Answers, stated: Stated, *, silent: Sequence[int] = ()) -> list[Person]:
    """Return the chosen people in their order; whoever may not be shown any more is left out."""
    ids = [choice.therapist for choice in answers.choices]
    if not ids:
        return []
    why = why_for(stated, ids, silent_exclusions=silent)
    rows = [why[pk].row for pk in ids if pk in why and not out_of_reach(why[pk], answers)]
    return card_lines(cards(rows), answers)


def out_of_reach(why: Why, answers: Answers) -> bool:
    """Say whether somebody cannot be asked at all, whatever is wished: no place, the fund does not pay, no training."""
    failed = set(why.failed)
    if answers.funder_slug and FUNDING in failed:
        return True
    return bool(failed & {NOT_TAKING, EXCLUDED, CLIENT_GROUP})


def with_named(rows: Sequence[Person], choices: Sequence[Chosen]) -> list[Person]:
    """Return everybody in the order of the choices: those without a card by name alone."""
    found = {row.id: row for row in rows}
    will_wait = {choice.therapist: choice.will_wait for choice in choices}
    ids = list(will_wait)
    names = names_of([pk for pk in ids if pk not in found])
    kept = ((pk, found.get(pk)) for pk in ids if pk in found or pk in names)
    return [row or named(pk, names[pk], will_wait=will_wait[pk]) for pk, row in kept]


def on_lists(rows: Sequence[Person], entries: Mapping[int, Entry], asked: int | None) -> list[Person]:
    """Return everybody, saying of whom the client waits for already where she stands, and whom we have asked."""
    return [_on_list(row, entries.get(row.id), asked=row.id == asked) for row in rows]


def _on_list(row: Person, found: Entry | None, *, asked: bool) -> Person:
    if asked:
        said = _("We have asked %(name)s. A place is held for you meanwhile.") % {"name": row.first_name}
        return replace(row, wait=said, told="", answer="", wait_tone="now", waiting="")
    if found is None:
        return row if row.wait else replace(row, wait=_("Not taking new requests just now."))
    entry, ahead = found
    first, *more = entry_lines(entry, row.first_name, ahead)
    stops = _("When you save, you stop waiting for %(name)s.") % {"name": row.first_name}
    stays = _("You keep your place on this list.")
    waiting = stays if row.will_wait else stops
    return replace(row, wait=first, told=" ".join(more), answer="", wait_tone="later", waiting=waiting)


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: list[list[str]]


def comparison(shown: Sequence[Person]) -> list[Row]:
    """Return the rows of the side-by-side table, one cell of lines per person."""
    rows = [
        Row(_("Place"), [[person.wait, person.told] for person in shown]),
        Row(_("Cost"), [[person.fee] for person in shown]),
        Row(_("Where and how"), [[person.where] for person in shown]),
        Row(_("Kinds of therapy"), [[person.modalities] for person in shown]),
        Row(_("Register"), [person.registers for person in shown]),
        Row(_("Answer"), [[person.answer] for person in shown]),
    ]
    reasons = [[f"{line.label} {line.words}" for line in person.reasons] for person in shown]
    if any(reasons):
        rows.insert(1, Row(_("What you asked for"), reasons))
    return rows
