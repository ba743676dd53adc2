"""Opening, holding, occupying and releasing places. Nothing else writes Place or PlaceClaim.

The caller of `place_hold` and `claim_occupy` holds the therapist's lock (therapists.locks). If a caller forgot, the
unique constraint on live claims still refuses a second one: it surfaces here as NoFreePlace.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actors import Actor
from therapists.locks import lock_therapists
from therapists.models import Place, PlaceClaim
from therapists.queue import queues_recount
from therapists.selectors.places import free_places


class NoFreePlace(Exception):
    """There is no place to hold, or somebody else was first."""


class HoldExpired(Exception):
    """The hold ran out, or was released: it cannot be turned into a place any more."""


def place_hold(
    *,
    therapist_id: int,
    holder_type: str,
    holder_id: int,
    expires_at: datetime.datetime,
    actor: Actor,
    suits: Callable[[Place], bool] | None = None,
) -> PlaceClaim:
    """Hold the first free place (of those that suit) until `expires_at`. Raises NoFreePlace."""
    now = clock.now()
    candidates = free_places(therapist_id, as_of=now).select_related("session_format", "location")
    place = next((place for place in candidates if suits is None or suits(place)), None)
    if place is None:
        raise NoFreePlace(therapist_id)
    _release_expired([place.pk], now)
    try:
        with transaction.atomic():
            claim = PlaceClaim.objects.create(
                place=place,
                kind=PlaceClaim.Kind.HOLD,
                holder_type=holder_type,
                holder_id=holder_id,
                opened_at=now,
                expires_at=expires_at,
            )
    except IntegrityError as error:
        raise NoFreePlace(therapist_id) from error
    _record(actor, "place_hold", claim)
    return claim


@dataclass(frozen=True, slots=True)
class Hold:
    """A place to hold for one holder until a time."""

    place_id: int
    holder_id: int
    expires_at: datetime.datetime


def places_hold(*, holds: Sequence[Hold], holder_type: str, actor: Actor) -> list[PlaceClaim]:
    """Hold many places, all free as far as the caller has seen under the therapists' locks, in the order given.

    Raises NoFreePlace when one of them is not, and then none is held.
    """
    now = clock.now()
    _release_expired([hold.place_id for hold in holds], now)
    try:
        with transaction.atomic():
            claims = PlaceClaim.objects.bulk_create(
                PlaceClaim(
                    place_id=hold.place_id,
                    kind=PlaceClaim.Kind.HOLD,
                    holder_type=holder_type,
                    holder_id=hold.holder_id,
                    opened_at=now,
                    expires_at=hold.expires_at,
                )
                for hold in holds
            )
    except IntegrityError as error:
        raise NoFreePlace([hold.place_id for hold in holds]) from error
    rows = [(claim.place_id, "", {"claim": claim.pk, "holder": f"{holder_type}:{claim.holder_id}"}) for claim in claims]
    audit.records_write(actor=actor, verb="place_hold", obj_type="place", rows=rows)
    return claims


def claim_extend(*, claim: PlaceClaim, expires_at: datetime.datetime, actor: Actor) -> PlaceClaim:
    """Move a live hold's expiry. Raises HoldExpired when it is not live any more."""
    _take_live_hold(claim, expires_at=expires_at)
    _record(actor, "claim_extend", claim)
    return claim


def claim_occupy(*, claim: PlaceClaim, holder_type: str, holder_id: int, actor: Actor) -> PlaceClaim:
    """Turn a live hold into an occupied place. Raises HoldExpired."""
    _take_live_hold(claim, kind=PlaceClaim.Kind.OCCUPIED, expires_at=None, holder_type=holder_type, holder_id=holder_id)
    queues_recount(therapist_ids=[claim.place.therapist_id])
    _record(actor, "claim_occupy", claim)
    return claim


def claim_release(*, claim: PlaceClaim, reason: str, actor: Actor) -> bool:
    """Free the place. Returns False when the claim had been released before."""
    now = clock.now()
    changed = PlaceClaim.objects.filter(pk=claim.pk, released_at__isnull=True).update(
        released_at=now, release_reason=reason
    )
    if changed:
        claim.refresh_from_db()
        if claim.kind == PlaceClaim.Kind.OCCUPIED:
            queues_recount(therapist_ids=[claim.place.therapist_id])
        _record(actor, "claim_release", claim, reason=reason)
    return bool(changed)


@transaction.atomic
def places_add(*, therapist_id: int, count: int, actor: Actor, **fields: Any) -> list[Place]:
    """Add `count` equal places. `fields`: day (0 Monday), time, location, session_format, available_from.

    Raises ValueError when count is not 1 to 40.
    """
    if not 1 <= count <= 40:
        raise ValueError("Add between 1 and 40 places at a time.")
    lock_therapists([therapist_id])
    fields.setdefault("available_from", clock.today())
    now = clock.now()
    rows = [Place(therapist_id=therapist_id, created_at=now, **fields) for _ in range(count)]
    places = Place.objects.bulk_create(rows)
    queues_recount(therapist_ids=[therapist_id])
    audit.record_write(
        actor=actor, verb="places_add", obj_type="therapist", obj_id=therapist_id, detail={"count": count}
    )
    return places


@transaction.atomic
def place_close(*, place: Place, actor: Actor) -> Place:
    """Never offer this place again. Whoever is in it stays."""
    lock_therapists([place.therapist_id])
    place.closed_at = clock.now()
    place.save(update_fields=["closed_at"])
    queues_recount(therapist_ids=[place.therapist_id])
    audit.record_write(actor=actor, verb="place_close", obj_type="place", obj_id=place.pk)
    return place


@transaction.atomic
def place_offer_from(*, place: Place, available_from: datetime.date | None, actor: Actor) -> Place:
    """Offer the place from a date (today: now); None is "not yet"."""
    lock_therapists([place.therapist_id])
    place.available_from = available_from
    place.save(update_fields=["available_from"])
    queues_recount(therapist_ids=[place.therapist_id])
    _remember_offered_again(place, available_from)
    audit.record_write(
        actor=actor,
        verb="place_offer_from",
        obj_type="place",
        obj_id=place.pk,
        detail={"from": available_from.isoformat() if available_from else None},
    )
    return place


def _take_live_hold(claim: PlaceClaim, **changes: Any) -> None:
    """Compare and set: the hold must still be live at this very moment, whatever any job has or has not marked."""
    changed = PlaceClaim.objects.filter(
        pk=claim.pk, kind=PlaceClaim.Kind.HOLD, released_at__isnull=True, expires_at__gte=clock.now()
    ).update(**changes)
    if not changed:
        raise HoldExpired(claim.pk)
    claim.refresh_from_db()


def _release_expired(place_ids: list[int], now: datetime.datetime) -> None:
    PlaceClaim.objects.filter(
        place__in=place_ids, kind=PlaceClaim.Kind.HOLD, released_at__isnull=True, expires_at__lt=now
    ).update(released_at=now, release_reason="expired")


def _remember_offered_again(place: Place, available_from: datetime.date | None) -> None:
    """Keep the day with whoever was in the place last: the place's own date is overwritten at the next ending."""
    last = PlaceClaim.objects.filter(place=place, kind=PlaceClaim.Kind.OCCUPIED).order_by("-opened_at", "-pk").first()
    if last is not None and last.released_at is not None:
        PlaceClaim.objects.filter(pk=last.pk).update(offered_again_on=available_from)


def _record(actor: Actor, verb: str, claim: PlaceClaim, reason: str = "") -> None:
    audit.record_write(
        actor=actor,
        verb=verb,
        obj_type="place",
        obj_id=claim.place_id,
        reason=reason,
        detail={"claim": claim.pk, "holder": f"{claim.holder_type}:{claim.holder_id}"},
    )
