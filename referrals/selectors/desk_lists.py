"""Waiting lists as coordinators read them: all lists, one list in its order, and who waits longest of all.

Pages of lists name references, never people: they are looked at often, and each look would read fifty records.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page as Numbered
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from core.actors import Actor
from core.choices import Role
from matching.waits import Wait, waits_by_ahead
from referrals.models import EventReason, Referral, WaitingListEntry
from referrals.selectors.keyset import Order, Page, mark_of, page_of
from referrals.selectors.lists import SEALED, entries_visible_to
from referrals.selectors.scope import referrals_visible_to
from referrals.transitions import SEEKING
from therapists.models import Therapist
from therapists.selectors.places import free_counts
from therapists.selectors.registrations import registrations_found
from therapists.selectors.standing import Standing, standing_for

State = WaitingListEntry.State
ON_LIST, LIVE = WaitingListEntry.ON_LIST, WaitingListEntry.LIVE
PAGE = 50
# What the page of all lists can be narrowed to. `open` leaves most of them, the others few.
OPEN_LIST = Q(therapist__list_closed=False, therapist__list_entries__lt=F("therapist__list_limit"))
FEW = {
    "closed": Q(therapist__in=Therapist.objects.filter(list_closed=True, list_entries__gt=0)),
    "could": Q(therapist__in=Therapist.objects.filter(offerable_entries__gt=0)),
    "frozen": Q(frozen_at__isnull=False),
}
LINE = ("reference", "queue_from", "state", "action_owner", "due_at", "away_until")
BY_WAIT = Order("referral__queue_from", ("referral_id", "pk"))


@dataclass(frozen=True, slots=True)
class ListRow:
    """One therapist's list. `since`: when the longest wait on it began. `state`: open, full, closed or frozen."""

    therapist: Therapist
    waiting: int
    since: datetime
    free: int
    state: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One person on a list. `number`: where she stands, from 1; `ahead`: people with a yes before her."""

    number: int
    entry: WaitingListEntry
    ahead: int
    wait: Wait | None
    priority_reason: str


@dataclass(frozen=True)
class OneList:
    """A therapist's list in its order, a numbered page of it."""

    row: ListRow | None
    standing: Standing
    page: Numbered[int]
    entries: tuple[EntryRow, ...]


def lists_page(actor: Actor, *, show: str, mark: str, now: datetime) -> Page:
    """Return a page of ListRow, the list with the longest wait first. `show`: all, open, or one of FEW."""
    if not actor.holds(Role.COORDINATOR):
        return Page(())
    found = _few_lists(FEW[show], mark) if show in FEW else _by_longest_wait(show, mark)
    return Page(_rows(dict(found.rows), now), found.more, found.later)


def lists_found(actor: Actor, text: str, *, now: datetime) -> list[ListRow]:
    """Return the lists of whoever may be meant by a name or a registration number, the longest wait first."""
    ids = {row.therapist_id for row in registrations_found(actor, text) if row.therapist_id is not None}
    rows = WaitingListEntry.objects.filter(state__in=ON_LIST, therapist__in=ids).order_by()
    since = rows.values("therapist").annotate(since=Min("referral__queue_from")).order_by("since", "therapist")
    return _rows(dict(since.values_list("therapist", "since")), now)


def therapists_with_lists(actor: Actor) -> QuerySet[Therapist]:
    """Return whose lists the actor may open: everybody's for a coordinator, nobody's for others."""
    return Therapist.objects.all() if actor.holds(Role.COORDINATOR) else Therapist.objects.none()


def whose_list(actor: Actor, text: str, *, now: datetime) -> list[tuple[Therapist, Standing]]:
    """Return who may be meant by a name or a registration number, with who takes somebody on her list now."""
    ids = [row.therapist_id for row in registrations_found(actor, text) if row.therapist_id is not None]
    found, standings = Therapist.objects.in_bulk(ids), standing_for(ids, as_of=now)
    return [(found[pk], standings[pk]) for pk in dict.fromkeys(ids) if pk in found]


def one_list(actor: Actor, therapist: Therapist, *, number: str | None, now: datetime) -> OneList:
    """Return one list, everybody on it and whoever is set aside, in the order in which places are offered."""
    rows = entries_visible_to(actor).filter(therapist=therapist, state__in=LIVE)
    order = rows.order_by("-priority", "referral__queue_from", "pk").values_list("pk", "state", "agreed_at")
    stand = list(order)
    ahead, counted = {}, 0
    for pk, state, agreed in stand:
        ahead[pk] = counted
        counted += state in ON_LIST and agreed is not None
    numbers = {pk: number for number, (pk, _state, _agreed) in enumerate(stand, start=1)}
    page = Paginator([pk for pk, _state, _agreed in stand], PAGE).get_page(number)
    found = rows.defer(*SEALED).in_bulk(list(page.object_list))
    waits, why = waits_by_ahead(therapist.pk, as_of=now), _priority_reasons(found.values())
    entries = tuple(
        EntryRow(numbers[pk], found[pk], ahead[pk], waits.get(ahead[pk]), why.get(pk, ""))
        for pk in page.object_list
        if pk in found
    )
    standing = standing_for([therapist.pk], as_of=now)[therapist.pk]
    since = rows.filter(state__in=ON_LIST).aggregate(since=Min("referral__queue_from"))["since"]
    row = _row(therapist, since, free_counts([therapist.pk], as_of=now), standing) if since else None
    return OneList(row, standing, page, entries)


def longest_waits(actor: Actor, *, mark: str, state: str) -> Page:
    """Return a page of referrals that nobody sees yet, the longest wait first, each with `lists`: how many it is on."""
    lists = Count("entries", filter=Q(entries__state__in=LIVE))
    # What a line shows and no more: opening what is sealed of fifty people costs more than finding them.
    rows = referrals_visible_to(actor).filter(state__in=SEEKING).select_related(None).only(*LINE)
    if state in SEEKING:
        rows = rows.filter(state=state)
    page = page_of(rows, Order("queue_from"), mark, size=PAGE, marked=lambda row: (row.queue_from, row.pk))
    counted = Referral.objects.filter(pk__in=[row.pk for row in page.rows]).annotate(lists=lists)
    numbers = dict(counted.order_by().values_list("pk", "lists"))
    for row in page.rows:
        row.lists = numbers[row.pk]
    return page


def seeking_states() -> list[tuple[str, str]]:
    return [(str(state), str(Referral.State(state).label)) for state in SEEKING]


def _by_longest_wait(show: str, mark: str) -> Page:
    """Walk along everybody who waits, and stop at whoever waits longest on her list: no list is counted whole."""
    rows = WaitingListEntry.objects.filter(state__in=ON_LIST, referral__state__in=SEEKING)
    others = WaitingListEntry.objects.filter(
        therapist=OuterRef("therapist"), state__in=ON_LIST, referral__state__in=SEEKING
    )
    before = others.filter(
        Q(referral__queue_from__lt=OuterRef("referral__queue_from"))
        | Q(referral__queue_from=OuterRef("referral__queue_from"), referral__lt=OuterRef("referral_id"))
    )
    if show == "open":
        rows = rows.filter(OPEN_LIST)
    first = rows.filter(~Exists(before)).select_related("referral")
    page = page_of(
        first.only("therapist", "referral__queue_from"),
        BY_WAIT,
        mark,
        size=PAGE,
        marked=lambda row: (row.referral.queue_from, row.referral_id, row.pk),
    )
    return Page([(row.therapist_id, row.referral.queue_from) for row in page.rows], page.more, page.later)


def _few_lists(which: Q, mark: str) -> Page:
    """Where few lists are meant they are counted whole: walking along everybody would pass thousands of others."""
    rows = WaitingListEntry.objects.filter(which, state__in=ON_LIST, referral__state__in=SEEKING).order_by()
    lists = rows.values("therapist").annotate(since=Min("referral__queue_from"))
    found = list(lists.filter(Order("since", ("therapist",)).after(mark)).order_by("since", "therapist")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    more = mark_of(last["since"], last["therapist"]) if last else ""
    return Page([(row["therapist"], row["since"]) for row in found[:PAGE]], more, bool(mark))


def _rows(since: dict[int, datetime], now: datetime) -> list[ListRow]:
    """Return the lists in the order given. Five queries, however many."""
    therapists = Therapist.objects.in_bulk(list(since))
    standings, free = standing_for(since, as_of=now), free_counts(since, as_of=now)
    return [_row(therapists[pk], at, free, standings[pk]) for pk, at in since.items() if pk in therapists]


def _row(therapist: Therapist, since: datetime, free: dict[int, int], standing: Standing) -> ListRow:
    if not standing.listed:
        state = "frozen"
    elif therapist.list_closed:
        state = "closed"
    else:
        state = "open" if standing.list_room else "full"
    return ListRow(therapist, therapist.list_entries, since, free.get(therapist.pk, 0), state, standing.reasons)


def _priority_reasons(entries: Iterable[WaitingListEntry]) -> dict[int, str]:
    """Return why somebody was put forward, by entry, for those who are. One query where there is anybody."""
    forward = {entry.pk: entry.referral_id for entry in entries if entry.priority}
    if not forward:
        return {}
    said = EventReason.objects.filter(event__action="prioritise", event__referral__in=forward.values())
    rows = said.select_related("event").order_by("event_id")
    return {row.event.detail["entry"]: row.reason for row in rows if row.event.detail.get("priority")}


def away(entry: WaitingListEntry, today: date) -> bool:
    """Say whether she is on a holiday during which nothing is offered."""
    return entry.referral.away_until is not None and entry.referral.away_until > today
