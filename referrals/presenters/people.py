"""The people on somebody's list, in words: for the choices page, the comparison and the check."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clients.preferences import Stated
from matching.cards import cards
from matching.engine.rules import CLIENT_GROUP, EXCLUDED, FUNDING
from matching.services.ranking import NOT_TAKING, Why, why_for
from referrals.answers import Answers
from referrals.presenters.cards import CardLine, card_lines, named
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


def with_named(rows: Sequence[Person], ids: Sequence[int]) -> list[Person]:
    """Return everybody in the order of `ids`: those without a card by name alone."""
    found = {row.id: row for row in rows}
    names = names_of([pk for pk in ids if pk not in found])
    kept = ((pk, found.get(pk)) for pk in ids if pk in found or pk in names)
    return [row or named(pk, names[pk]) for pk, row in kept]


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
