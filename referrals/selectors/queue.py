"""Who on the waiting lists could be offered a place now, and how many are ahead of whom.

One query set for all: the tick offers by it, the figure that keeps newcomers from overtaking is counted by it, and a
batch looks at it again under its locks.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from core import clock
from core.models import Task
from core.working_calendar import london_date
from referrals import clocks, kinds
from referrals.fit import SHAPE_COLUMNS, Shape, shape, shape_suits
from referrals.models import Choice, Exclusion, Offer, Referral, WaitingListEntry
from therapists.models import Contract, Place, PlaceClaim
from therapists.queue import Queue
from therapists.selectors.places import free_places

Entries = QuerySet[WaitingListEntry]
State = WaitingListEntry.State


class Queued(NamedTuple):
    """One row of somebody who could be offered a place. `since` orders a list after `priority`."""

    entry: int
    referral: int
    therapist: int
    client: int
    rank: int
    priority: bool
    since: datetime
    hours: int
    formats: list[str]
    state: str
    agreed_at: datetime
    referral_state: str

    def agreed_freshly(self, now: datetime) -> bool:
        """Return whether the therapist's yes still counts: an older one is asked again first."""
        return self.state == State.LISTED and self.agreed_at >= now - clocks.YES_LASTS


def queueing(rows: Entries, *, now: datetime) -> Entries:
    """Keep who could be offered a place now, were there one that fits.

    On the list by the therapist's yes (which may be being asked again); no "not before" in the future; the client not
    away; waiting, or asking somebody she likes less who has not begun to answer, and no call owed before all else. Who
    must not be put together, or has nobody to pay, does not stand in the way of others.
    """
    today = london_date(now)
    begun = Offer.objects.filter(referral=OuterRef("referral"), state=Offer.State.OPEN, interested_at__isnull=False)
    asked = Choice.objects.filter(
        referral=OuterRef("referral"), round=OuterRef("referral__round"), state=Choice.State.ASKED
    )
    # A person speaks with her before anything else happens.
    call = Task.objects.filter(
        kind=kinds.CALL_BEFORE_TELLING, subject_type="referral", subject_id=OuterRef("referral"), state=Task.State.OPEN
    )
    kept_apart = Exclusion.objects.filter(client=OuterRef("referral__client"), therapist=OuterRef("therapist"))
    paid = Contract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        funder=OuterRef("referral__funder"),
        therapist=OuterRef("therapist"),
        starts_on__lte=today,
    )
    return rows.filter(
        Q(state=State.LISTED) | Q(state=State.ASKED, agreed_at__isnull=False),
        Q(no_offer_before__isnull=True) | Q(no_offer_before__lte=now),
        Q(referral__away_until__isnull=True) | Q(referral__away_until__lte=today),
        Q(referral__state=Referral.State.WAITING)
        | (
            Q(referral__state=Referral.State.REQUESTED, rank__lt=Subquery(asked.values("rank")[:1]))
            & ~Exists(begun)
            & ~Exists(call)
        ),
        Q(referral__funder__isnull=True) | Exists(paid),
        ~Exists(kept_apart),
    )


def queued(rows: Entries, *, now: datetime) -> list[Queued]:
    """Return who could be offered a place, by therapist and in the order of her list."""
    found = queueing(rows, now=now).order_by("therapist", "-priority", "referral__queue_from", "pk")
    columns = (
        "pk", "referral", "therapist", "referral__client", "rank", "priority", "referral__queue_from", "hours",
        "formats", "state", "agreed_at", "referral__state",
    )  # fmt: skip
    return [Queued(*row) for row in found.values_list(*columns)]


def queues_of(therapist_ids: Iterable[int]) -> dict[int, Queue]:
    """Count, by therapist, who stands before a newcomer and who is on the list at all. Three queries."""
    ids, now = list(therapist_ids), clock.now()
    counted = WaitingListEntry.objects.filter(therapist__in=ids, state__in=WaitingListEntry.ON_LIST)
    on_list = dict(counted.order_by().values("therapist").annotate(n=Count("pk")).values_list("therapist", "n"))
    if not on_list:
        return {}
    shapes = _shapes_not_occupied(list(on_list), now)
    rows = queued(WaitingListEntry.objects.filter(therapist__in=list(shapes)), now=now) if shapes else []
    offerable = Counter(
        row.therapist for row in rows if any(shape_suits(row.hours, row.formats, one) for one in shapes[row.therapist])
    )
    return {pk: Queue(offerable=offerable[pk], on_list=count) for pk, count in on_list.items()}


def _shapes_not_occupied(therapist_ids: list[int], now: datetime) -> dict[int, set[Shape]]:
    """Return the shapes of places nobody occupies: a hold may run out any moment, and tomorrow begins at midnight."""
    occupied = PlaceClaim.objects.filter(place=OuterRef("pk"), kind=PlaceClaim.Kind.OCCUPIED, released_at__isnull=True)
    tomorrow = london_date(now) + timedelta(days=1)
    places = Place.objects.filter(
        ~Exists(occupied), therapist__in=therapist_ids, closed_at__isnull=True, available_from__lte=tomorrow
    )
    shapes: dict[int, set[Shape]] = {}
    for therapist, *columns in places.order_by().values_list("therapist_id", *SHAPE_COLUMNS):
        shapes.setdefault(therapist, set()).add(shape(*columns))
    return shapes


def spare(therapist_id: int, *, now: datetime) -> Callable[[Place], bool]:
    """Return whether one of her free places may go to somebody new: as many who wait could have one without it.

    How many are free for newcomers says nothing about which: the only evening is not given away beside two mornings.
    """
    waiting = queued(WaitingListEntry.objects.filter(therapist=therapist_id), now=now)
    rows = free_places(therapist_id, as_of=now).order_by("pk").values_list("pk", *SHAPE_COLUMNS)
    shapes = {pk: shape(*columns) for pk, *columns in rows}
    most = _seated(waiting, shapes.values())

    def leaves_enough(place: Place) -> bool:
        return _seated(waiting, [one for pk, one in shapes.items() if pk != place.pk]) == most

    return leaves_enough


def _seated(waiting: Sequence[Queued], shapes: Iterable[Shape]) -> int:
    """Return how many of them could each have a place of their own, moved among the places where it helps."""
    places, sitting = list(shapes), dict[int, Queued]()

    def seat(row: Queued, tried: set[int]) -> bool:
        for number, one in enumerate(places):
            if number in tried or not shape_suits(row.hours, row.formats, one):
                continue
            tried.add(number)
            if number not in sitting or seat(sitting[number], tried):
                sitting[number] = row
                return True
        return False

    return sum(seat(row, set()) for row in waiting)


def ahead_of(entries: Iterable[WaitingListEntry]) -> dict[int, int]:
    """Return by entry how many people on the same list come before it. One query.

    Counted is who the therapist has said yes to; somebody parked or away keeps her place in the order.
    """
    others = WaitingListEntry.objects.filter(
        therapist=OuterRef("therapist"), state__in=WaitingListEntry.ON_LIST, agreed_at__isnull=False
    )
    before = others.filter(
        Q(priority__gt=OuterRef("priority"))
        | Q(priority=OuterRef("priority"), referral__queue_from__lt=OuterRef("referral__queue_from"))
        | Q(
            priority=OuterRef("priority"),
            referral__queue_from=OuterRef("referral__queue_from"),
            pk__lt=OuterRef("pk"),
        )
    )
    count = before.order_by().values("therapist").annotate(n=Count("pk")).values("n")
    rows = WaitingListEntry.objects.filter(pk__in=[entry.pk for entry in entries])
    return {pk: ahead or 0 for pk, ahead in rows.annotate(ahead=Subquery(count)).values_list("pk", "ahead")}
