"""What decided for each person on a list when a place was given."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from referrals.models import Allotment, Referral, WaitingListEntry
from referrals.selectors.freed import Market
from referrals.selectors.queue import Queued

OFFERED = "offered"
ASKED_AGAIN = "asked_again"
WAITS_FOR_YES = "waits_for_yes"
NO_FIT = "no_fit"
ELSEWHERE = "elsewhere"
BEHIND = "behind"
LATER = "later"
AWAY = "away"
PARKED = "parked"
ASKED = "asked"
OFFER_OPEN = "offer_open"
REQUEST_OPEN = "request_open"
NOT_NOW = "not_now"

# code: what it means, for whoever reads the table. Words for people stand with the desk's pages.
CODES = {
    OFFERED: "was offered a place",
    ASKED_AGAIN: "her turn, but the therapist's yes was old: asked again, the place waits for the answer",
    WAITS_FOR_YES: "her turn, and the therapist has been asked again",
    NO_FIT: "none of the free places fits what she must have",
    ELSEWHERE: "at the same look she was offered a place she likes better",
    BEHIND: "the places that fit went to people before her, or the therapist takes no more this month",
    LATER: "asked not to be offered a place before a date",
    AWAY: "is away",
    PARKED: "is parked",
    ASKED: "the therapist has not said yet whether she may wait",
    OFFER_OPEN: "is being offered another place",
    REQUEST_OPEN: "a therapist she likes better, or who has begun to answer, is being asked",
    NOT_NOW: "cannot be offered a place for another reason: no funding, or not to be put together",
}


def everybody_on(therapist_ids: Iterable[int], market: Market) -> dict[int, list[tuple[Queued | None, int, str]]]:
    """Return, by therapist, everybody on her list in its order: the row of who could be offered a place, or None with
    the code of why not; in between the entry's pk."""
    could = {row.entry: row for row in market.rows}
    rows = WaitingListEntry.objects.filter(therapist__in=list(therapist_ids), state__in=WaitingListEntry.ON_LIST)
    rows = rows.order_by("therapist", "-priority", "referral__queue_from", "pk")
    columns = ("pk", "therapist_id", "state", "no_offer_before", "referral__state", "referral__away_until")
    found: dict[int, list[tuple[Queued | None, int, str]]] = {}
    for entry, therapist, state, later, referral_state, away in rows.values_list(*columns):
        row = could.get(entry)
        why = "" if row is not None else _why_not(state, referral_state, later, away, market.now)
        found.setdefault(therapist, []).append((row, entry, why))
    return found


def _why_not(state: str, referral: str, later: datetime | None, away: date | None, now: datetime) -> str:
    reasons = {
        PARKED: state == WaitingListEntry.State.PARKED,
        ASKED: state == WaitingListEntry.State.ASKED,
        OFFER_OPEN: referral == Referral.State.OFFERED,
        REQUEST_OPEN: referral == Referral.State.REQUESTED,
        LATER: later is not None and later > now,
        AWAY: away is not None,
    }
    return next((code for code, holds in reasons.items() if holds), NOT_NOW)


def allotments_with(entry: WaitingListEntry) -> QuerySet[Allotment]:
    """Return the looks at this entry's list since it was joined, newest first."""
    rows = Allotment.objects.filter(therapist=entry.therapist_id, at__gte=entry.joined_at)
    return rows.order_by("-at", "-pk")
