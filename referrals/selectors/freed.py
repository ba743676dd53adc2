"""What a tick looks at: free places on which somebody waits, and who waits there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from core.working_calendar import london_date
from referrals.fit import SHAPE_COLUMNS, Shape, shape
from referrals.models import Offer, WaitingListEntry
from referrals.selectors.queue import Queued, queued
from therapists.models import Place, Therapist
from therapists.selectors.places import live_claims
from therapists.selectors.standing import new_people_left, standing_for


@dataclass(frozen=True, slots=True)
class FreePlace:
    pk: int
    therapist: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Market:
    """`rows`: by therapist, in the order of her list. `rooms`: how many new people a therapist with a monthly limit
    still takes; whoever is not in it has none.
    """

    now: datetime
    places: list[FreePlace]
    rows: list[Queued]
    rooms: dict[int, int]


def market(now: datetime) -> Market | None:
    """Return free places of listed therapists on whose lists somebody could be offered one, by their figures; None:
    nothing to do. Without `rows` the figures are wrong, and the lists want to be counted again."""
    places = _free(Place.objects.filter(therapist__offerable_entries__gt=0), now)
    return _market(places, now) if places else None


def free_among(place_ids: Iterable[int], now: datetime) -> set[int]:
    """Return which of these places are still free."""
    return {place.pk for place in _free(Place.objects.filter(pk__in=list(place_ids)), now)}


def rooms_of(therapist_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Return by therapist with a monthly limit how many more people may be asked or offered to; one who is not listed
    has room for nobody."""
    listed = standing_for(therapist_ids, as_of=now)
    rooms = {pk: 0 for pk in therapist_ids if pk not in listed or not listed[pk].listed}
    today = london_date(now)
    limited = Therapist.objects.filter(pk__in=therapist_ids, monthly_limit__isnull=False)
    left = {row.pk: new_people_left(row, today) or 0 for row in limited}
    if left:
        waiting = Offer.objects.filter(therapist__in=left, state=Offer.State.OPEN, expires_at__gte=now).order_by()
        taken = dict(waiting.values("therapist").annotate(n=Count("pk")).values_list("therapist", "n"))
        rooms |= {pk: max(0, room - taken.get(pk, 0)) for pk, room in left.items() if rooms.get(pk) != 0}
    return rooms


def _market(places: list[FreePlace], now: datetime) -> Market | None:
    ids = sorted({place.therapist for place in places})
    rooms = rooms_of(ids, now)
    open_ = {pk for pk in ids if rooms.get(pk) != 0}
    if not open_:
        return None
    rows = queued(WaitingListEntry.objects.filter(therapist__in=open_), now=now)
    return Market(now, [place for place in places if place.therapist in open_], rows, rooms)


def _free(places: QuerySet[Place], now: datetime) -> list[FreePlace]:
    blocked = live_claims(as_of=now).filter(place=OuterRef("pk"))
    on_offer = places.filter(~Exists(blocked), closed_at__isnull=True, available_from__lte=london_date(now))
    rows = on_offer.order_by("pk").values_list("pk", "therapist_id", *SHAPE_COLUMNS)
    return [FreePlace(pk, therapist, shape(*columns)) for pk, therapist, *columns in rows]
