"""Names of therapists, for pages that already know whom they mean, and for finding one by name."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Min

from therapists.models import Therapist
from therapists.selectors.standing import listed_q


@dataclass(frozen=True, slots=True)
class Found:
    id: int
    name: str
    town: str


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Return display names by pk, listed or not; unknown ids are left out."""
    return dict(Therapist.objects.filter(pk__in=list(ids)).values_list("pk", "display_name"))


def listed_by_name(text: str, *, as_of: datetime.datetime, limit: int = 10) -> list[Found]:
    """Return listed therapists whose name holds every typed word, by name. Too short a text finds nobody."""
    words = text.split()[:6]
    if sum(len(word) for word in words) < 3:
        return []
    rows = Therapist.objects.filter(listed_q(as_of))
    for word in words:
        rows = rows.filter(display_name__icontains=word)
    named = rows.annotate(town=Min("locations__town")).order_by("display_name", "pk")
    return [Found(pk, name, town or "") for pk, name, town in named.values_list("pk", "display_name", "town")[:limit]]
