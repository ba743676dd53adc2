"""Where a client waits, list by list, in words; and what she could do instead of waiting."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import clock
from matching.waits import wait_words, waits_for
from referrals import codes, list_words
from referrals.models import Choice, Offer, Placement, Referral, WaitingListEntry
from referrals.selectors.lists import entries_of
from referrals.selectors.queue import ahead_of
from referrals.services.walk import excluded_ids, limit_spoken_for, unpaid_ids
from referrals.transitions import REFERRAL
from referrals.words import first_name
from therapists.models import Therapist
from therapists.selectors.standing import Standing, standing_for

State = WaitingListEntry.State


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list she is on, or has just left. `can`: leave, undo, want (she let a place go by and still wants one).

    `offer`: the place that went by, for `want`. `asked`: the therapist has not said yes or no yet.
    """

    pk: int
    therapist: int
    name: str
    lines: tuple[str, ...]
    can: str
    offer: int | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class OnChoices:
    """Somebody on her list of choices for whom she does not wait yet, or who could be asked at once."""

    therapist: int
    name: str


def waiting_lines(referral: Referral) -> list[str]:
    """Return for whom she waits, and who is asked whether she can, in one line each; none when she is on no list."""
    waiting, lines = [], []
    for entry in entries_of(referral):
        name = first_name(entry.therapist.display_name)
        if entry.state == State.ASKED and entry.agreed_at is None and entry.answer_due_at is not None:
            lines.append(list_words.asked_to_wait(name, entry.answer_due_at))
        elif entry.state == State.PARKED:
            lines.append(list_words.on_hold(name))
        elif entry.state in (State.LISTED, State.ASKED):
            waiting.append(name)
    return [list_words.waiting_for(waiting), *lines] if waiting else lines


def other_names(referral: Referral, entry: WaitingListEntry) -> list[str]:
    """Return for whom else she waits, beside this entry."""
    others = [row for row in entries_of(referral) if row.pk != entry.pk and row.state in (State.LISTED, State.ASKED)]
    return [first_name(row.therapist.display_name) for row in others]


def names_of_entries(ids: Sequence[int]) -> list[str]:
    """Return the therapists of these entries by first name, in the client's order."""
    rows = WaitingListEntry.objects.filter(pk__in=ids).order_by("rank", "pk")
    return [first_name(name) for name in rows.values_list("therapist__display_name", flat=True)]


def set_aside_names(referral: Referral, placement_therapist: int) -> list[str]:
    """Return whose lists are set aside while she meets this therapist."""
    aside = [entry for entry in entries_of(referral) if entry.state == State.KEPT]
    return [first_name(entry.therapist.display_name) for entry in aside if entry.therapist_id != placement_therapist]


def list_rows(referral: Referral) -> list[ListRow]:
    """Return the lists she is on in her own order, then those she left and can still go back to."""
    met = _met_now(referral)
    entries = [entry for entry in entries_of(referral) if not (entry.state == State.KEPT and entry.therapist_id in met)]
    now = clock.now()
    ahead = ahead_of([entry for entry in entries if entry.agreed_at is not None])
    standings = standing_for([entry.therapist_id for entry in entries], as_of=now)
    lapsed = _places_gone_by(entries)
    seen = _Seen(referral, now, ahead, standings, lapsed)
    return [_row(entry, seen) for entry in entries] + [_left(entry) for entry in _left_lately(referral, now)]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was looked up once for all rows, by entry or therapist."""

    referral: Referral
    now: datetime.datetime
    ahead: Mapping[int, int]
    standings: Mapping[int, Standing]
    lapsed: Mapping[int, int]


def _row(entry: WaitingListEntry, seen: _Seen) -> ListRow:
    name, gone_by = first_name(entry.therapist.display_name), seen.lapsed.get(entry.pk)
    can = "leave"
    asked = entry.state == State.ASKED and entry.agreed_at is None
    if asked and entry.answer_due_at is not None:
        lines = [list_words.asked_to_wait(name, entry.answer_due_at)]
    elif entry.state == State.OFFERED:
        lines, can = _offered(entry, seen.now), ""
    elif entry.state == State.KEPT:
        lines = [list_words.set_aside_now()]
    elif entry.state == State.PARKED:
        lines = [_parked(entry, name), list_words.still_counts(seen.referral.queue_from)]
    else:
        lines = _listed(entry, name, seen)
    if gone_by is not None and _is_held_back(entry, seen.now):
        can = "want"
        if entry.state == State.LISTED:
            lines.insert(0, list_words.gone_on())
    return ListRow(entry.pk, entry.therapist_id, entry.therapist.display_name, tuple(lines), can, gone_by, asked)


def _offered(entry: WaitingListEntry, now: datetime.datetime) -> list[str]:
    held = entry.offers.filter(state=Offer.State.OPEN, expires_at__gte=now).exists()
    return [list_words.place_offered()] if held else []


def _met_now(referral: Referral) -> set[int]:
    """Return with whom she has a first meeting: that list is no list any more, whatever comes of it."""
    live = referral.placements.exclude(state=Placement.State.ENDED)
    return set(live.values_list("therapist_id", flat=True))


def _listed(entry: WaitingListEntry, name: str, seen: _Seen) -> list[str]:
    ahead = seen.ahead.get(entry.pk, 0)
    lines = [list_words.position(ahead)]
    if seen.standings[entry.therapist_id].listed:
        found = waits_for([entry.therapist_id], as_of=seen.now, ahead=ahead)
        lines.append(list_words.how_long(wait_words(found.get(entry.therapist_id))))
    else:
        lines.append(list_words.frozen(name))
    if entry.state == State.ASKED:
        lines.append(list_words.asked_again(name))
    if entry.no_offer_before is not None and entry.no_offer_before > seen.now:
        lines.append(list_words.no_offer_before(name, entry.no_offer_before))
    return [*lines, list_words.since(seen.referral.queue_from)]


def _parked(entry: WaitingListEntry, name: str) -> str:
    if entry.code == codes.PARKED_LAPSED:
        return list_words.parked(name)
    if entry.code == codes.PARKED_UNREACHABLE:
        return list_words.parked_unreachable(name)
    if entry.code == codes.PARKED_FUNDING:
        return list_words.parked_funding(name)
    return list_words.parked_silent(name)


def _left(entry: WaitingListEntry) -> ListRow:
    name = entry.therapist.display_name
    lines = [list_words.left(first_name(name))]
    if entry.undo_until is not None:
        lines.append(list_words.left_undo(entry.undo_until))
    return ListRow(entry.pk, entry.therapist_id, name, tuple(lines), "undo")


def _is_held_back(entry: WaitingListEntry, now: datetime.datetime) -> bool:
    later = entry.no_offer_before is not None and entry.no_offer_before > now
    if entry.state == State.PARKED:
        # What her therapist has to answer first, she cannot.
        return entry.code not in (codes.PARKED_THERAPIST, codes.PARKED_FUNDING)
    return entry.state == State.LISTED and later


def _places_gone_by(entries: Sequence[WaitingListEntry]) -> dict[int, int]:
    """Return by entry the last place she did not answer about in time, where that may still keep an offer from her."""
    ids = [entry.pk for entry in entries if entry.lapses or entry.state == State.PARKED]
    if not ids:
        return {}
    lapsed = Offer.objects.filter(entry__in=ids, awaiting=Offer.Awaiting.CLIENT, state=Offer.State.LAPSED)
    return dict(lapsed.order_by("pk").values_list("entry", "pk"))


def _left_lately(referral: Referral, now: datetime.datetime) -> list[WaitingListEntry]:
    """Return what she left and can go back to: the time is not over and the therapist still stands on her list."""
    if not REFERRAL.allows(referral.state, "undo_leave"):
        return []
    chosen = referral.choices.filter(round=referral.round, state=Choice.State.STOPPED).values("therapist")
    left = WaitingListEntry.objects.filter(
        referral=referral, state=State.LEFT, code=codes.LEFT, undo_until__gte=now, therapist__in=chosen
    )
    again = WaitingListEntry.objects.filter(referral=referral, state__in=WaitingListEntry.LIVE).values("therapist")
    return list(left.exclude(therapist__in=again).select_related("therapist").order_by("pk"))


def could_wait_for(referral: Referral) -> list[OnChoices]:
    """Return who on her list is full, takes people who wait, and is not waited for yet."""
    if referral.state not in (Referral.State.CHOOSING, Referral.State.WAITING):
        return []
    found, standings = _not_tried(referral)
    waited = {entry.therapist_id for entry in entries_of(referral)}
    return [
        OnChoices(row.pk, row.display_name)
        for row in found
        if row.pk not in waited and not standings[row.pk].has_place and standings[row.pk].accepts_waiting
    ]


def could_be_asked_now(referral: Referral) -> list[OnChoices]:
    """Return whom a new walk would find for somebody who waits: on her list, with a place for a newcomer now."""
    if referral.state != Referral.State.WAITING:
        return []
    found, standings = _not_tried(referral)
    waited = {entry.therapist_id for entry in entries_of(referral) if entry.agreed_at is not None}
    full = limit_spoken_for(found, clock.now())
    return [
        OnChoices(row.pk, row.display_name)
        for row in found
        if standings[row.pk].has_place and row.pk not in waited | full
    ]


def _not_tried(referral: Referral) -> tuple[list[Therapist], dict[int, Standing]]:
    """Return those on her list who have not answered and may be asked for her, in her order, with their standing."""
    choices = referral.choices.filter(round=referral.round, state=Choice.State.UNTRIED)
    people = [choice.therapist for choice in choices.select_related("therapist").order_by("rank")]
    ids = [person.pk for person in people]
    barred = excluded_ids(referral, ids) | unpaid_ids(referral, ids) if ids else set()
    kept = [person for person in people if person.pk not in barred]
    return kept, standing_for([person.pk for person in kept], as_of=clock.now())


def own_entry(referral: Referral, pk: int) -> WaitingListEntry | None:
    """Return an entry of hers, ended ones too; None for anybody else's."""
    return WaitingListEntry.objects.filter(referral=referral, pk=pk).select_related("therapist").first()


def own_place(referral: Referral, pk: object) -> Offer | None:
    """Return a place that is or was offered to her, by the pk a form sent; None for anything else."""
    if not str(pk).isdigit() or len(str(pk)) > 18:
        return None
    offers = Offer.objects.filter(referral=referral, awaiting=Offer.Awaiting.CLIENT, pk=int(str(pk)))
    return offers.select_related("therapist", "entry").first()
