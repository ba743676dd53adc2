"""Places and the claims on them, on one connection. The races are in tests/concurrency."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.actors import system
from tests.factories import make_place, make_therapist
from therapists.locks import lock_therapists
from therapists.models import PlaceClaim, Therapist
from therapists.selectors.places import free_for_new, free_places
from therapists.services import places
from therapists.services.places import HoldExpired, NoFreePlace

pytestmark = pytest.mark.django_db
ACTOR = system("test")
START = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def frozen():
    with clock.frozen(START) as moving:
        yield moving


def hold(therapist: Therapist, holder_id: int = 1, **more) -> PlaceClaim:
    return places.place_hold(
        therapist_id=therapist.pk,
        holder_type="offer",
        holder_id=holder_id,
        expires_at=START + HOUR,
        actor=ACTOR,
        **more,
    )


def free(therapist: Therapist) -> int:
    return free_for_new([therapist.pk], as_of=clock.now())[therapist.pk]


def test_a_held_place_is_not_free_and_a_second_hold_is_refused() -> None:
    therapist = make_therapist(places=1)
    assert free(therapist) == 1
    hold(therapist)
    assert free(therapist) == 0
    with pytest.raises(NoFreePlace):
        hold(therapist, 2)


def test_a_hold_past_its_expiry_blocks_nothing_though_no_job_has_run(frozen) -> None:
    therapist = make_therapist(places=1)
    first = hold(therapist)
    frozen.move(HOUR)
    assert free(therapist) == 0, "the window is half open: at the second of expiry the hold still stands"
    frozen.move(datetime.timedelta(seconds=1))
    assert free(therapist) == 1
    second = places.place_hold(
        therapist_id=therapist.pk, holder_type="offer", holder_id=2, expires_at=clock.now() + HOUR, actor=ACTOR
    )
    first.refresh_from_db()
    assert first.release_reason == "expired"
    assert second.place_id == first.place_id


def test_an_expired_hold_cannot_be_accepted_or_extended_though_nothing_marked_it(frozen) -> None:
    claim = hold(make_therapist())
    frozen.move(HOUR + datetime.timedelta(seconds=1))
    with pytest.raises(HoldExpired):
        places.claim_occupy(claim=claim, holder_type="placement", holder_id=5, actor=ACTOR)
    with pytest.raises(HoldExpired):
        places.claim_extend(claim=claim, expires_at=clock.now() + HOUR, actor=ACTOR)


def test_occupied_then_released_is_free_again_and_released_only_once() -> None:
    therapist = make_therapist(places=1)
    claim = places.claim_occupy(claim=hold(therapist), holder_type="placement", holder_id=5, actor=ACTOR)
    assert (claim.kind, claim.expires_at, claim.holder_id) == ("occupied", None, 5)
    assert free(therapist) == 0
    assert places.claim_release(claim=claim, reason="ended", actor=ACTOR)
    assert not places.claim_release(claim=claim, reason="ended", actor=ACTOR)
    assert free(therapist) == 1


def test_a_released_claim_cannot_be_occupied() -> None:
    claim = hold(make_therapist())
    places.claim_release(claim=claim, reason="withdrawn", actor=ACTOR)
    with pytest.raises(HoldExpired):
        places.claim_occupy(claim=claim, holder_type="placement", holder_id=5, actor=ACTOR)


def test_a_newcomer_never_overtakes_the_queue() -> None:
    therapist = make_therapist(places=2, offerable_entries=1)
    assert free(therapist) == 1
    therapist.offerable_entries = 5
    therapist.save()
    assert free(therapist) == 0


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"available_from": datetime.date(2026, 11, 24)}, 1),
        ({"available_from": datetime.date(2026, 11, 25)}, 0),
        ({"available_from": None}, 0),
        ({"closed_at": START}, 0),
    ],
)
def test_only_places_on_offer_today_are_free(fields: dict, count: int) -> None:
    therapist = make_therapist(places=0)
    make_place(therapist, **fields)
    assert free_places(therapist.pk, as_of=START).count() == count


def test_a_place_that_does_not_suit_is_left_alone() -> None:
    therapist = make_therapist(places=0)
    make_place(therapist, day=0)
    tuesday = make_place(therapist, day=1)
    assert hold(therapist, suits=lambda place: place.day == 1).place_id == tuesday.pk
    with pytest.raises(NoFreePlace):
        hold(therapist, 2, suits=lambda place: place.day == 1)


def test_the_database_refuses_a_second_live_claim_whatever_the_code_does() -> None:
    claim = hold(make_therapist())
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceClaim.objects.create(
            place_id=claim.place_id, kind="occupied", holder_type="x", holder_id=1, opened_at=START
        )


def test_closing_a_place_evicts_nobody() -> None:
    claim = places.claim_occupy(claim=hold(make_therapist()), holder_type="placement", holder_id=5, actor=ACTOR)
    places.place_close(place=claim.place, actor=ACTOR)
    claim.refresh_from_db()
    assert claim.released_at is None


@pytest.mark.parametrize("count", [0, 41, -1])
def test_adding_too_many_or_no_places_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 40"):
        places.places_add(therapist_id=make_therapist().pk, count=count, actor=ACTOR)


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        lock_therapists([1])
