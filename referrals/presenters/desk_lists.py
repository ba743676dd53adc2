"""Waiting lists and offered places in the desk's own words."""

import datetime
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from core.words import day, when
from matching.waits import wait_words
from referrals import codes
from referrals.models import Offer, WaitingListEntry
from referrals.selectors.desk_lists import EntryRow, ListRow, away
from referrals.selectors.offered import place_words
from therapists.models import Place, Therapist

State = WaitingListEntry.State

LIST_STATES: dict[str, Promise] = {
    "open": gettext_lazy("Open"),
    "full": gettext_lazy("Full"),
    "closed": gettext_lazy("Closed by the therapist"),
    "frozen": gettext_lazy("Standing still"),
}
LIST_TONES = {"open": "green", "full": "yellow", "closed": "grey", "frozen": "red"}

# Why a therapist is not listed, said about her. The codes of therapists.selectors.standing.REASONS.
STANDING_REASONS: dict[str, Promise] = {
    "no_active_registration": gettext_lazy("no registration is active and in date"),
    "registration_in_question": gettext_lazy("a registration is in question"),
    "profile_not_verified": gettext_lazy("the profile is not published"),
    "paused": gettext_lazy("paused new people"),
    "not_confirmed": gettext_lazy("has not confirmed for 14 days"),
    "unanswered": gettext_lazy("left two requests unanswered"),
    "monthly_limit": gettext_lazy("has reached the month’s limit of new people"),
}

PARKED_WHY: dict[str, Promise] = {
    codes.PARKED_LAPSED: gettext_lazy("Two places in a row were not answered. Call, and ask what would help."),
    codes.PARKED_UNREACHABLE: gettext_lazy("Our messages do not arrive. Find another safe way to reach them."),
    codes.PARKED_FUNDING: gettext_lazy("Nobody pays for this therapist any more. Call, and see what is possible."),
    codes.PARKED_THERAPIST: gettext_lazy("The therapist did not say whether this still fits. Ask the therapist."),
}


@dataclass(frozen=True, slots=True)
class EntryLines:
    """One person on a list: `facts` in the order in which a coordinator asks, `acts` that are possible now."""

    row: EntryRow
    state: str
    tone: str
    facts: tuple[str, ...]
    acts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OfferLines:
    """A place offered to somebody: what was offered, and how far the telling has come."""

    offer: Offer
    place: str
    told: str
    reminded: str
    opened: str


def list_state(row: ListRow) -> str:
    """Return "Standing still: paused new people"."""
    label = str(LIST_STATES[row.state])
    why = ", ".join(str(STANDING_REASONS[code]) for code in row.reasons if code in STANDING_REASONS)
    return _("%(state)s: %(why)s") % {"state": label, "why": why} if row.state == "frozen" and why else label


def entry_lines(row: EntryRow, acts: tuple[tuple[str, str], ...]) -> EntryLines:
    """Return what is known of one entry."""
    entry = row.entry
    tone = {State.LISTED: "green", State.OFFERED: "blue", State.PARKED: "red", State.KEPT: "grey"}
    facts = [*_standing_in_line(row), *_yes(entry), *_not_now(entry), *_forward(row)]
    return EntryLines(row, str(entry.get_state_display()), tone.get(State(entry.state), "yellow"), tuple(facts), acts)


def place_said(place: Place, therapist: Therapist) -> str:
    """Return "Tuesdays, 6pm, video", or "any time, video": what a client reads of it, to somebody else."""
    said = place_words(place, therapist).rstrip(".")
    if place.day is not None or place.time is not None:
        return said
    return ", ".join([_("any time"), *said.split(", ")[1:]])


def offer_lines(offer: Offer) -> OfferLines:
    """Return how an offered place stands."""
    place = place_said(offer.claim.place, offer.therapist) if offer.claim is not None else ""
    channel = offer.referral.client.get_contact_channel_display()
    if offer.bounced_at is not None:
        told = _("The message came back on %(when)s (%(channel)s)") % {
            "when": when(offer.bounced_at),
            "channel": channel,
        }
    elif offer.told_at is None:
        told = _("Not told yet (%(channel)s)") % {"channel": channel}
    else:
        told = _("%(when)s (%(channel)s)") % {"when": when(offer.told_at), "channel": channel}
    reminded = when(offer.reminded_at) if offer.reminded_at is not None else _("Not yet")
    return OfferLines(offer, place, told, reminded, when(offer.seen_at) if offer.seen_at is not None else _("Not yet"))


def parked_why(entry: WaitingListEntry) -> str:
    return str(PARKED_WHY.get(entry.code, _("Find out why, then unpark.")))


def _standing_in_line(row: EntryRow) -> list[str]:
    since = row.entry.referral.queue_from
    days = (clock.today() - since.astimezone(clock.LONDON).date()).days
    waits = ngettext("Waits since %(day)s, %(days)d day", "Waits since %(day)s, %(days)d days", days)
    said = [waits % {"day": day(since), "days": days}]
    if row.entry.state != State.KEPT:
        said.append(wait_words(row.wait))
    return said


def _yes(entry: WaitingListEntry) -> list[str]:
    if entry.answer_due_at is not None:
        asked = _("Asked on %(day)s, answer due %(when)s")
        return [asked % {"day": day(entry.asked_at), "when": when(entry.answer_due_at)}, *_last_yes(entry)]
    return _last_yes(entry)


def _last_yes(entry: WaitingListEntry) -> list[str]:
    return [_("Last yes: %(day)s") % {"day": day(entry.agreed_at)}] if entry.agreed_at is not None else []


def _not_now(entry: WaitingListEntry) -> list[str]:
    said = []
    later = entry.no_offer_before
    if later is not None and later > clock.now():
        said.append(_("No offer before %(when)s") % {"when": when(later)})
    if away(entry, clock.today()):
        said.append(_("Away until %(day)s") % {"day": day(_date(entry))})
    if entry.state == State.PARKED:
        said.append(parked_why(entry))
    return said


def _date(entry: WaitingListEntry) -> datetime.date:
    return entry.referral.away_until or clock.today()


def _forward(row: EntryRow) -> list[str]:
    if not row.entry.priority:
        return []
    return [_("Put forward: “%(reason)s”") % {"reason": row.priority_reason or "–"}]
