"""Waiting lists for races, made by the services that make them in life; nobody's clock runs out by itself here."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from core import clock
from core.actors import Actor, for_client, system
from referrals import locks
from referrals.models import Offer
from referrals.services.allotting import places_allot
from tests.factories import make_therapist
from tests.referrals.waiting import listed
from tests.support.invariants import broken_invariants
from therapists.models import PlaceClaim, Therapist
from therapists.services.places import places_add

ACTOR = system("race")


def full(**fields: Any) -> Therapist:
    """A therapist without a place, whose list takes anybody."""
    return make_therapist(**{"places": 0, "list_limit": 100, **fields})


def add_places(therapist: Therapist, count: int = 1) -> None:
    places_add(therapist_id=therapist.pk, count=count, actor=ACTOR)


def offered(*therapists: Therapist) -> Offer:
    """Somebody who is offered a place, just freed, with the first of these."""
    referral = listed(*therapists)
    add_places(therapists[0])
    places_allot(actor=ACTOR)
    return Offer.objects.get(referral=referral, state="open")


def client_of(offer: Offer) -> Actor:
    return for_client(offer.referral.client_id)


def kinds_of(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def live_claims() -> int:
    return PlaceClaim.objects.filter(released_at=None).count()


def sound() -> bool:
    """Nothing that may never be is, at this moment; what is wrong is printed with the failing test."""
    broken = broken_invariants(clock.now())
    assert not broken, broken
    return True


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks away: rows are read as they are and nobody waits for anybody."""
    from django.db.models import QuerySet

    def look(*, therapist_ids: Any, referral_ids: Any) -> dict[int, Therapist]:
        return Therapist.objects.in_bulk(list(therapist_ids))

    monkeypatch.setattr(locks, "lock_all", look)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)


def wait_after_reading(monkeypatch: pytest.MonkeyPatch, wait: Callable[[], Any]) -> None:
    """Whoever has read a referral waits, for the other to have read as well."""
    read: Callable[..., locks.Locked] = locks._read

    def read_and_wait(*args: Any) -> locks.Locked:
        found = read(*args)
        wait()
        return found

    monkeypatch.setattr(locks, "_read", read_and_wait)
