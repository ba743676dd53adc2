"""What is forecast about waits, for pages: values and the words decided for them."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from matching.forecast.wait import STALE_AFTER
from matching.models import WaitForecast
from therapists.models import Place, Therapist


@dataclass(frozen=True, slots=True)
class Wait:
    """Whole weeks from 1. `based_on`: how many people have had one of her places and left it (matching.forecast)."""

    median_weeks: int
    eight_in_ten_weeks: int
    based_on: int


def waits_for(ids: Iterable[int], *, as_of: datetime.datetime, ahead: int | Mapping[int, int] = 0) -> dict[int, Wait]:
    """Return the forecasts by therapist pk for somebody with `ahead` people ahead of her, or so many by pk; one query.

    Left out is of whom nothing can be said: too few people yet, so many ahead that it would be a guess, a forecast
    that is too old, or another number of places than it was made for.
    """
    wanted = list(ids)
    people = ahead if isinstance(ahead, Mapping) else dict.fromkeys(wanted, ahead)
    if any(count < 0 for count in people.values()):
        raise ValueError("nobody has fewer than no people ahead")
    return {
        row.therapist_id: Wait(row.median_weeks[count], row.eight_in_ten_weeks[count], row.based_on)
        for row in _current(wanted, as_of)
        if (count := people[row.therapist_id]) < len(row.median_weeks)
    }


def _current(ids: Iterable[int], as_of: datetime.datetime) -> list[WaitForecast]:
    """Return the forecasts that still say something: not too old, and made for the places there are now."""
    places = Place.objects.filter(therapist=OuterRef("pk"), closed_at__isnull=True).order_by()
    count = Subquery(places.values("therapist").annotate(n=Count("pk")).values("n"))
    rows = WaitForecast.objects.filter(therapist_id__in=list(ids), computed_at__gte=as_of - STALE_AFTER)
    return [row for row in rows.annotate(now_open=Coalesce(count, 0)) if row.now_open == row.open_places]


def waits_by_ahead(therapist_id: int, *, as_of: datetime.datetime) -> dict[int, Wait]:
    """Return one therapist's forecasts by how many people are ahead; empty where nothing can be said. One query."""
    return {
        ahead: Wait(median, row.eight_in_ten_weeks[ahead], row.based_on)
        for row in _current([therapist_id], as_of)
        for ahead, median in enumerate(row.median_weeks)
    }


def wait_words(wait: Wait | None) -> str:
    """Return the forecast in the words decided for it: never a promise, and with the count behind it."""
    if wait is None:
        return _("We cannot say yet.")
    return f"{median_words(wait)} {spread_words(wait)}"


def median_words(wait: Wait) -> str:
    """Return the first sentence of the forecast. It never stands without the others near."""
    words = ngettext("Probably about %(weeks)d week.", "Probably about %(weeks)d weeks.", wait.median_weeks)
    return words % {"weeks": wait.median_weeks}


def spread_words(wait: Wait) -> str:
    """Return the sentences that say how sure the first is."""
    sentences = (
        ngettext(
            "For 8 people in 10, %(weeks)d week or less.",
            "For 8 people in 10, %(weeks)d weeks or less.",
            wait.eight_in_ten_weeks,
        )
        % {"weeks": wait.eight_in_ten_weeks},
        _("It could be longer."),
        ngettext("Based on %(people)d person.", "Based on %(people)d people.", wait.based_on)
        % {"people": wait.based_on},
    )
    return " ".join(sentences)


def people_words(count: int) -> str:
    """Return how many people are on a list."""
    if not count:
        return _("Nobody is waiting yet.")
    return ngettext("%(count)d person waits.", "%(count)d people wait.", count) % {"count": count}


def own_words(therapist_id: int) -> str:
    """Return a therapist's forecast for whoever joins her list now, for herself; "" when nothing can be said."""
    on_list = dict(Therapist.objects.filter(pk=therapist_id).values_list("pk", "list_entries"))
    found = waits_for([therapist_id], as_of=clock.now(), ahead=on_list) if on_list else {}
    return wait_words(found[therapist_id]) if found else ""
