"""People found by name, in words: who and where they are, and whether there is a place."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from matching.waits import Wait, people_words, wait_words, waits_for
from referrals.answers import Answers
from therapists.selectors.search import Found, Hit
from therapists.selectors.standing import Standing


@dataclass(frozen=True, slots=True)
class FoundLine:
    """`note`: what there is to know before opening her page, "" for nothing."""

    id: int
    name: str
    where: str
    registers: list[str]
    wait: str
    wait_tone: str
    forecast: str
    note: str


def found_lines(hits: Sequence[Hit], answers: Answers) -> list[FoundLine]:
    """Return the people found in words. One query: how long it may be until somebody has a place."""
    chosen = {choice.therapist for choice in answers.choices}
    full = {hit.id: hit.standing.on_list for hit in hits if hit.standing.accepts_waiting and not hit.standing.has_place}
    waits = waits_for(full, as_of=clock.now(), ahead=full) if full else {}
    return [_line(hit, chosen, answers.not_these, waits.get(hit.id)) for hit in hits]


def _line(hit: Hit, chosen: set[int], not_these: Sequence[int], wait: Wait | None) -> FoundLine:
    note = ""
    if hit.id in chosen:
        note = _("On your list.")
    elif hit.id in not_these:
        note = _("You asked us to leave this person out.")
    words, forecast = _place(hit.standing, wait)
    return FoundLine(
        id=hit.id,
        name=hit.name,
        where=", ".join(hit.towns),
        registers=[_("%(register)s %(number)s") % {"register": name, "number": no} for name, no in hit.registers],
        wait=words,
        wait_tone="now" if hit.standing.has_place else "later",
        forecast=forecast,
        note=note,
    )


def _place(judged: Standing, wait: Wait | None) -> tuple[str, str]:
    """Return whether there is a place, and how long it may be where one can wait for it."""
    if judged.has_place:
        return _("Place free now."), ""
    if judged.accepts_waiting:
        return _("No place now."), f"{wait_words(wait)} {people_words(judged.on_list)}"
    return _("Not taking new requests just now."), ""


def heading(found: Found) -> str:
    """Return how many were found, in words that do not promise too much."""
    count = len(found.hits)
    if not count:
        return _("We found nobody like that")
    if found.loosely:
        return _("Nobody has all of what you typed. These come near")
    if found.more:
        return _("The first %(count)d people we found") % {"count": count}
    return ngettext("We found %(count)d person", "We found %(count)d people", count) % {"count": count}
