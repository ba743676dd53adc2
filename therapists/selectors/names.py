"""Names of therapists, for pages that already know whom they mean, and for finding one by name."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Min

from therapists.models import Therapist
from therapists.selectors.standing import standing_for

# How many named alike are judged for each one shown: standing is computed, so it cannot be filtered on.
LOOK_AT = 5


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
    rows = Therapist.objects.filter(profile_verified_at__isnull=False)
    for word in words:
        rows = rows.filter(display_name__icontains=word)
    named = rows.annotate(town=Min("locations__town")).order_by("display_name", "pk")
    some = list(named.values_list("pk", "display_name", "town")[: limit * LOOK_AT])
    judged = standing_for([pk for pk, _name, _town in some], as_of=as_of)
    return [Found(pk, name, town or "") for pk, name, town in some if judged[pk].listed][:limit]
