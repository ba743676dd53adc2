"""The last place and many who want it, over real connections: one wins, the others are told so."""

import datetime
from collections.abc import Callable

import pytest
from django.db import transaction

from core import clock
from core.actors import system
from tests.concurrency.race import Rendezvous, race, without_constraint
from tests.factories import make_therapist
from therapists.locks import lock_therapists
from therapists.models import PlaceClaim
from therapists.services.places import HoldExpired, NoFreePlace, claim_occupy, claim_release, place_hold

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = system("race")


def ask(
    therapist_id: int, holder_id: int, *, locked: bool = True, meet: Callable[..., bool] | None = None
) -> PlaceClaim:
    with transaction.atomic():
        if locked:
            lock_therapists([therapist_id])
        return place_hold(
            therapist_id=therapist_id,
            holder_type="offer",
            holder_id=holder_id,
            expires_at=clock.now() + datetime.timedelta(hours=1),
            actor=ACTOR,
            suits=meet,
        )


def test_fifty_ask_for_the_last_place_and_one_gets_it() -> None:
    therapist = make_therapist(places=1)
    results = race(*[lambda n=n: ask(therapist.pk, n) for n in range(50)])
    assert sum(isinstance(result, PlaceClaim) for result in results) == 1
    assert sum(isinstance(result, NoFreePlace) for result in results) == 49
    assert PlaceClaim.objects.filter(released_at=None).count() == 1


def test_without_the_lock_the_constraint_still_refuses_the_second() -> None:
    therapist = make_therapist(places=1)
    meet = Rendezvous()
    results = race(*[lambda n=n: ask(therapist.pk, n, locked=False, meet=meet) for n in range(2)])
    assert sorted(type(result).__name__ for result in results) == ["NoFreePlace", "PlaceClaim"]


@pytest.mark.parametrize("locked", [True, False], ids=["with the lock", "negative control: without"])
def test_the_lock_alone_keeps_a_place_from_being_promised_twice(locked: bool) -> None:
    therapist = make_therapist(places=1)
    meet = Rendezvous()
    with without_constraint("therapists_placeclaim", "one_live_claim_per_place"):
        race(*[lambda n=n: ask(therapist.pk, n, locked=locked, meet=meet) for n in range(2)])
        assert PlaceClaim.objects.filter(released_at=None).count() == (1 if locked else 2)


def test_many_accept_one_hold_and_it_is_occupied_once() -> None:
    therapist = make_therapist(places=1)
    claim = ask(therapist.pk, 1)
    accept = [
        lambda n=n: claim_occupy(
            claim=PlaceClaim.objects.get(pk=claim.pk), holder_type="placement", holder_id=n, actor=ACTOR
        )
        for n in range(20)
    ]
    results = race(*accept)
    assert sum(isinstance(result, PlaceClaim) for result in results) == 1
    assert sum(isinstance(result, HoldExpired) for result in results) == 19


def test_accepting_and_releasing_at_once_leaves_one_truth() -> None:
    therapist = make_therapist(places=1)
    for holder in range(10):
        claim = ask(therapist.pk, holder)
        fresh = [PlaceClaim.objects.get(pk=claim.pk) for _ in range(2)]
        race(
            lambda: claim_occupy(claim=fresh[0], holder_type="placement", holder_id=1, actor=ACTOR),  # noqa: B023
            lambda: claim_release(claim=fresh[1], reason="lapsed", actor=ACTOR),  # noqa: B023
        )
        claim.refresh_from_db()
        assert claim.released_at is not None
