"""A ranked therapist in words, as a card on the matches page, on her own page, in the comparison and in the choices."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from core import clock, words
from core.working_calendar import WorkingCalendar
from core.working_time import calendar
from matching.cards import Card
from matching.waits import median_words, people_words, spread_words
from referrals.answers import Answers, Chosen
from referrals.words import first_name
from therapists.models import Funder
from therapists.selectors import reference
from therapists.selectors.kinds import kind_ids
from therapists.words import initials, money, sessions_words

# A mark that is no colour alone, and the word that stands before each reason.
STATES: dict[str, tuple[str, Promise | str]] = {
    "met": ("✓", gettext_lazy("Yes:")),
    "partly": ("~", gettext_lazy("Partly:")),
    "unmet": ("✗", gettext_lazy("No:")),
    "not_stated": ("?", gettext_lazy("Not said:")),
    "unknown": ("?", gettext_lazy("Not said:")),
    "beside": ("–", ""),
}
# Topics in which any of the stated values is enough.
ANY_IS_ENOUGH = frozenset({"modality", "time", "format", "gender"})
SHOWN_MODALITIES = 4


@dataclass(frozen=True, slots=True)
class ReasonLine:
    state: str
    mark: str
    label: str
    words: str
    # The page about the kind of therapy the line names; "" where it names something else.
    url: str = ""


@dataclass(frozen=True, slots=True)
class CardLine:
    """Everything the template prints. `wait_tone` is "now" or "later": `told` then says how long, and who waits.

    `will_wait`: what a client said of somebody on her list; `waiting` says it, where there is no place.
    """

    id: int
    name: str
    first_name: str
    initials: str
    registers: list[str]
    modalities: str
    where: str
    wait: str
    told: str
    wait_tone: str
    fee: str
    answer: str
    formats: str
    reasons: list[ReasonLine]
    chosen: bool
    will_wait: bool = False
    waiting: str = ""

    @property
    def full(self) -> bool:
        return self.wait_tone == "later"

    @property
    def wait_button(self) -> str:
        """Return what the button says that changes whether she waits."""
        words_now = _("Do not wait for %(name)s") if self.will_wait else _("Wait for %(name)s")
        return words_now % {"name": self.first_name}

    @property
    def fit_words(self) -> str:
        return _("How %(name)s fits what you asked") % {"name": self.first_name}

    @property
    def choose_words(self) -> str:
        """Return what the button says: it names her, because a page has twenty of them."""
        words_now = _("Take %(name)s off") if self.chosen else _("Choose %(name)s")
        return words_now % {"name": self.name}

    @property
    def more_words(self) -> str:
        return _("Read more about %(name)s") % {"name": self.first_name}


def card_lines(cards: Iterable[Card], answers: Answers, *, answer: bool = True) -> list[CardLine]:
    """Return the cards in words, in their order. One query for the funder, and none per card.

    `answer` False leaves out by when she would answer, where a page does not say it.
    """
    chosen = {choice.therapist: choice for choice in answers.choices}
    funder = funder_of(answers)
    shown = list(cards)
    calendars = {nation: calendar(nation) for nation in {card.nation for card in shown if answer}}
    return [_line(card, funder, calendars.get(card.nation), chosen.get(card.therapist_id)) for card in shown]


def _line(card: Card, funder: Funder | None, working: WorkingCalendar | None, chosen: Chosen | None) -> CardLine:
    full = card.wait_weeks != 0
    will_wait = chosen is not None and chosen.will_wait
    return CardLine(
        id=card.therapist_id,
        name=card.name,
        first_name=first_name(card.name),
        initials=card.initials,
        registers=[": ".join(filter(None, pair)) for pair in card.registrations],
        modalities=some(card.modalities),
        where=where_words(card),
        wait=wait_words(card),
        told=how_long_words(card) if full else told_words(card.name, card.confirmed_at),
        wait_tone="later" if full else "now",
        fee=_fee(card, funder),
        answer=answer_words(card.name, card.answering_days, working) if working else "",
        formats=", ".join(str(name) for name in card.formats),
        reasons=reason_lines(card.reasons),
        chosen=chosen is not None,
        will_wait=will_wait,
        waiting=waiting_words(first_name(card.name), will_wait) if full and chosen else "",
    )


def named(pk: int, name: str, *, will_wait: bool = False) -> CardLine:
    """Return a line with the name and nothing else, for somebody on a list who has no card now."""
    empty = dict.fromkeys(("modalities", "where", "wait", "told", "fee", "answer", "formats"), "")
    return CardLine(
        id=pk,
        name=name,
        first_name=first_name(name),
        initials=initials(name),
        registers=[],
        wait_tone="later",
        reasons=[],
        chosen=True,
        will_wait=will_wait,
        **empty,
    )


def _fee(card: Card, funder: Funder | None) -> str:
    if funder is None or funder.slug in card.funders:
        return fee_words(card.fee_pence, card.concession_pence, funder)
    own = fee_words(card.fee_pence, card.concession_pence, None)
    return _("%(funder)s does not pay here. %(fee)s") % {"funder": funder.name, "fee": own}


def some(names: Sequence[Any]) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(str(name) for name in names[:SHOWN_MODALITIES])
    more = len(names) - SHOWN_MODALITIES
    return _("%(shown)s and %(more)d more") % {"shown": shown, "more": more} if more > 0 else shown


def reason_lines(reasons: Iterable[Any]) -> list[ReasonLine]:
    """Return the reasons as lines. Where one of several values is enough and is met, the others are no "No", and stand
    after it.
    """
    told = list(reasons)
    first = {reason.domain: place for place, reason in reversed([*enumerate(told)])}
    told.sort(key=lambda reason: (first[reason.domain], reason.domain in ANY_IS_ENOUGH and reason.state != "met"))
    met = {reason.domain for reason in told if reason.state == "met"}
    lines = []
    for reason in told:
        state = reason.state
        if state == "unmet" and reason.domain == "distance" and "format" in met:
            # They can meet some other way: how far her room is matters to nobody.
            continue
        if state == "unmet" and reason.domain in ANY_IS_ENOUGH & met:
            state = "beside"
        mark, label = STATES[state]
        lines.append(ReasonLine(state, mark, str(label), str(reason.words), _about(reason)))
    return lines


def _about(reason: Any) -> str:
    if reason.domain != "modality":
        return ""
    pk = kind_ids().get(reason.value)
    return f"{reverse('referrals:kind', args=[pk])}?from=people" if pk else ""


def wait_words(card: Card) -> str:
    """Return that there is a place now, or that there is none and about how long it takes until there is."""
    if card.wait_weeks == 0:
        return _("Place free now.")
    none = _("No place now.")
    return f"{none} {median_words(card.forecast)}" if card.forecast else none


def how_long_words(card: Card) -> str:
    """Return what belongs to the words before: how sure they are, and how many people wait."""
    people = people_words(card.on_list)
    if card.forecast:
        return f"{spread_words(card.forecast)} {people}"
    return _("How long until there is one? We cannot say yet. %(people)s") % {"people": people}


def wait_then(weeks: int | None) -> str:
    """Return the wait that a recorded list gave somebody, for staff."""
    if weeks is None:
        return _("nobody could say how long")
    if not weeks:
        return _("a place then")
    return ngettext("about %(weeks)d week", "about %(weeks)d weeks", weeks) % {"weeks": weeks}


def waiting_words(name: str, will_wait: bool) -> str:
    """Return what is done about somebody on the list who has no place."""
    if will_wait:
        return _("You would wait: we ask %(name)s if you can join the waiting list.") % {"name": name}
    return _("You would not wait: we ask %(name)s only if a place is free by then.") % {"name": name}


def told_words(name: str, confirmed_at: datetime.datetime | None) -> str:
    """Return when she last said that she takes people; "" when nobody knows."""
    if confirmed_at is None:
        return ""
    day = _day_words(confirmed_at.astimezone(clock.LONDON).date(), get_language())
    return _("%(name)s told us on %(day)s.") % {"name": first_name(name), "day": day}


@lru_cache(maxsize=256)
def _day_words(day: datetime.date, language: str | None) -> str:
    """Return the day in the active language, which `language` names: a page says the same few days over and over."""
    del language
    return date_format(day, "j F")


def fee_words(fee_pence: int | None, concession_pence: int | None, funder: Funder | None) -> str:
    if funder is not None:
        return _("Free to you, %(sessions)s. %(funder)s pays.") % {
            "sessions": sessions_words(funder.sessions),
            "funder": funder.name,
        }
    if fee_pence is None:
        return _("Ask about the fee")
    if concession_pence is not None and concession_pence < fee_pence:
        return _("%(fee)s a session. %(less)s if you have little money.") % {
            "fee": money(fee_pence),
            "less": money(concession_pence),
        }
    return _("%(fee)s a session") % {"fee": money(fee_pence)}


def where_words(card: Card) -> str:
    """Return the town with the distance, and how else one can meet."""
    formats = ", ".join(str(name) for name in card.formats)
    if not card.location_town and not card.distance_words:
        return formats
    place = card.location_town or _("In person")
    near = _("%(town)s, %(distance)s away") % {"town": place, "distance": card.distance_words}
    return f"{near if card.distance_words else place}. {formats}"


def answer_words(name: str, answering_days: int, working: WorkingCalendar) -> str:
    """Return by when she would answer if she were asked now: a date, never "within three days"."""
    due = working.answer_due(answering_days_mask=answering_days, start=clock.now())
    return _("If we ask today, %(name)s answers by %(when)s.") % {"name": first_name(name), "when": words.when(due)}


def funder_of(answers: Answers) -> Funder | None:
    rows = reference.funders_open_to_self_referral(answers.nation) if answers.funder_slug else []
    return next((row for row in rows if row.slug == answers.funder_slug), None)
