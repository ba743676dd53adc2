"""The therapist's own changes to her places: recorded, and a sign of life each."""

import datetime

from django.db import transaction

from core.actors import Actor
from therapists.locks import lock_therapists
from therapists.models import Location, Place, SessionFormat, Therapist
from therapists.services.listing import therapist_pause
from therapists.services.places import place_close, place_offer_from, places_add
from therapists.services.profile import touched


class ChangedMeanwhile(Exception):
    """The page she answered no longer shows how things are: most often the same form sent twice."""


def places_offer(
    *,
    therapist: Therapist,
    actor: Actor,
    seen: int,
    count: int,
    available_from: datetime.date | None,
    day: int | None = None,
    time: datetime.time | None = None,
    location: Location | None = None,
    session_format: SessionFormat | None = None,
) -> list[Place]:
    """Add `count` equal places. `seen` is how many she had ever made when the page was drawn.

    Raises ChangedMeanwhile when that is not how many there are now: a second click must not double her week.
    """
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        if Place.objects.filter(therapist=row).count() != seen:
            raise ChangedMeanwhile
        places = places_add(
            therapist_id=row.pk,
            count=count,
            actor=actor,
            day=day,
            time=time,
            location=location,
            session_format=session_format,
            available_from=available_from,
        )
        touched(therapist=row, actor=actor, verb="places_offer", count=count)
    return places


def place_stop(*, place: Place, actor: Actor) -> None:
    """Take one place off her week for good. Whoever is in it stays. Closing twice changes nothing."""
    with transaction.atomic():
        row, fresh = _locked(place)
        if fresh.closed_at is None:
            place_close(place=fresh, actor=actor)
            touched(therapist=row, actor=actor, verb="place_stop", place=place.pk)


def place_reoffer(*, place: Place, available_from: datetime.date | None, actor: Actor) -> None:
    """Offer a place now (today), from a date, or not yet (None)."""
    with transaction.atomic():
        row, fresh = _locked(place)
        place_offer_from(place=fresh, available_from=available_from, actor=actor)
        touched(therapist=row, actor=actor, verb="place_reoffer", place=place.pk)


def limits_set(*, therapist: Therapist, monthly_limit: int | None, actor: Actor) -> None:
    """Set how many new people she takes in a month; None is no limit."""
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        row.monthly_limit = monthly_limit
        row.save(update_fields=["monthly_limit"])
        touched(therapist=row, actor=actor, verb="limits_set", monthly_limit=monthly_limit)


def new_people_pause(*, therapist: Therapist, paused: bool, actor: Actor) -> None:
    """Stop or start taking new people. Nobody she already sees is touched."""
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        if row.paused != paused:
            therapist_pause(therapist_id=row.pk, paused=paused, actor=actor)
        touched(therapist=row, actor=actor, verb="new_people_pause", paused=paused)


def _locked(place: Place) -> tuple[Therapist, Place]:
    row = lock_therapists([place.therapist_id])[place.therapist_id]
    return row, Place.objects.get(pk=place.pk)
