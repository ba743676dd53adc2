"""How many places are free, and for whom. One selector, so that page, walk and request use the same figure."""

import datetime
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, QuerySet

from core.clock import LONDON
from therapists.models import Place, PlaceClaim, Therapist


def live_claims(*, as_of: datetime.datetime) -> QuerySet[PlaceClaim]:
    """Claims that block their place: not released, and not a hold past its expiry (the window is half open)."""
    return PlaceClaim.objects.filter(released_at__isnull=True).exclude(kind=PlaceClaim.Kind.HOLD, expires_at__lt=as_of)


def open_places(*, as_of: datetime.datetime) -> QuerySet[Place]:
    """Places on offer by a moment's London date, free or not."""
    today = as_of.astimezone(LONDON).date()
    return Place.objects.filter(closed_at__isnull=True, available_from__lte=today)


def free_places(therapist_id: int, *, as_of: datetime.datetime) -> QuerySet[Place]:
    """Open places of a therapist without a live claim, in order of pk."""
    blocked = live_claims(as_of=as_of).filter(place=OuterRef("pk"))
    return open_places(as_of=as_of).filter(~Exists(blocked), therapist_id=therapist_id).order_by("pk")


def free_for_new(ids: Iterable[int], *, as_of: datetime.datetime) -> dict[int, int]:
    """Return by therapist pk how many places a newcomer may have: a newcomer never overtakes the queue.

    Never below zero. Two queries.
    """
    queue = dict(Therapist.objects.filter(pk__in=list(ids)).order_by().values_list("pk", "offerable_entries"))
    free = free_counts(queue, as_of=as_of)
    return {pk: left_for_new(free.get(pk, 0), waiting) for pk, waiting in queue.items()}


def free_counts(ids: Iterable[int], *, as_of: datetime.datetime) -> dict[int, int]:
    """Return by therapist pk how many open places have no live claim; whoever has none is not in it. One query."""
    blocked = live_claims(as_of=as_of).filter(place=OuterRef("pk"))
    rows = open_places(as_of=as_of).filter(~Exists(blocked), therapist_id__in=list(ids))
    return dict(rows.values("therapist_id").annotate(n=Count("pk")).values_list("therapist_id", "n"))


def left_for_new(free: int, waiting: int) -> int:
    """Return how many of her free places are not for those in her queue who may be offered one."""
    return max(0, free - waiting)
