"""A small world in which anybody may do anything: therapists, people, places, lists, a desk, the registers, and time.

An act is a name and three small numbers that say who and what, so that a property test can shrink them and a seed can
throw them. Acts go through the services that do it in life; what those refuse in an ordinary way is no fault.
"""

import datetime
import itertools
from collections.abc import Callable
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.actors import Actor
from referrals.answers import Chosen
from referrals.codes import DECLINE_CODES
from referrals.errors import Refused
from referrals.models import Offer, Placement, Referral
from referrals.services.choices import choices_change
from referrals.services.coordination import carry_on, close_administratively, redirect, reopen
from referrals.services.placements import contact_record, go_ahead, not_this_time, placement_end
from referrals.services.requests import (
    request_decline,
    request_interest,
    request_known_person,
    request_offer_meeting,
    request_seen,
)
from referrals.services.withdrawal import call_me, withdraw, withdraw_undo
from referrals.transitions import NotAllowed
from tests.factories import make_therapist, make_user
from tests.referrals.given import TICK, actor_of, answers, client_of, sent
from therapists.models import Place, Registration, Therapist
from therapists.selectors.standing import standing
from therapists.services.listing import therapist_confirm
from therapists.services.places import place_close, place_offer_from, places_add

Act = Callable[["World", int, int, int], None]
ACTS: dict[str, Act] = {}
NUMBERS = 24
SIDES = ("client", "therapist")
# Hours that a place may have: any, and one that suits some people only.
HOURS: tuple[dict[str, Any], ...] = (
    {},
    {"day": 0, "time": datetime.time(10)},
    {"day": 5, "time": datetime.time(18)},
)
MUSTS: tuple[dict[str, Any], ...] = (
    {},
    {"times": ["weekday-morning"], "times_strength": 3},
    {"times": ["weekend-evening"], "times_strength": 3},
)


def act(function: Act) -> Act:
    """Count a function among what may happen."""
    ACTS[function.__name__] = function
    return function


class World:
    """Each therapist has one or two places and a short list; people come by the act `send`, at most `people`."""

    def __init__(self, *, therapists: int = 4, people: int = 12) -> None:
        self.most_people = people
        self.therapists = [self._therapist(number) for number in range(therapists)]
        self.orders = list(itertools.permutations(range(therapists)))

    def fill(self, a: int, b: int, c: int) -> None:
        """As it often is: everybody is met by somebody, and others wait for them by everybody's leave."""
        for number in range(len(self.therapists) + 1):
            self.do("send", a + 6 * number, 3, 15 + 16 * number)
            for offer in Offer.objects.filter(state=Offer.State.OPEN, awaiting=Offer.Awaiting.THERAPIST):
                self.attempt(request_interest, offer=offer, actor=actor_of(offer.therapist))
                self.attempt(request_offer_meeting, offer=offer, actor=actor_of(offer.therapist))
        for number in range(3):
            self.do("send", b + number, c, 15)
        for number in range(len(self.therapists)):
            self.do("agree_to_all", number)

    def free(self, count: int) -> None:
        """The first few of those who meet go apart; the place of each is free again."""
        for placement in Placement.objects.exclude(state=Placement.State.ENDED).order_by("pk")[:count]:
            self.attempt(not_this_time, placement=placement, side="client", actor=client_of(placement.referral))

    def confirm(self) -> None:
        """All therapists say that they are there."""
        for number in range(len(self.therapists)):
            therapist = self.therapist(number)
            therapist_confirm(therapist_id=therapist.pk, actor=actor_of(therapist))

    def do(self, name: str, a: int = 0, b: int = 0, c: int = 0) -> None:
        """Let it happen."""
        ACTS[name](self, a, b, c)

    def throw(self, dice: Random, times: int) -> list[str]:
        """Let some things happen that the dice choose. Returns which."""
        names = dice.choices(sorted(ACTS), k=times)
        for name in names:
            self.do(name, *(dice.randrange(NUMBERS) for _ in range(3)))
        return names

    def attempt(self, service: Callable[..., Any], **about: Any) -> Any:
        """Call a service in a savepoint: what is refused must leave nothing behind."""
        try:
            with transaction.atomic():
                return service(**about)
        except (Refused, NotAllowed):
            return None

    def accept(self, service: Callable[..., Any], offer: Offer, actor: Actor) -> None:
        """Say yes to a request or a place: nobody who may not be listed gets or gives one (6)."""
        found = standing(offer.therapist_id, as_of=clock.now())
        # Her own yes confirms her, a late renewal stops only what is new, and what fills her month is this place.
        excused = {"not_confirmed", "unanswered", "monthly_limit"}
        if found.renewing:
            excused.add("no_active_registration")
        if self.attempt(service, offer=offer, actor=actor) is not None:
            assert not {*found.reasons} - excused, f"6: offer {offer.pk} was accepted: {found.reasons}"

    def therapist(self, number: int) -> Therapist:
        return Therapist.objects.get(pk=self.therapists[number % len(self.therapists)])

    def referral(self, number: int) -> Referral | None:
        return pick(number, Referral.objects.select_related("client"))

    def request(self, number: int) -> Offer | None:
        """Mostly one that is open; now and then an old page is used."""
        rows = Offer.objects.filter(awaiting=Offer.Awaiting.THERAPIST)
        return pick(number, rows.filter(state=Offer.State.OPEN), rows)

    def placement(self, number: int) -> Placement | None:
        rows = Placement.objects.select_related("referral__client")
        return pick(number, rows.exclude(state=Placement.State.ENDED), rows)

    def order(self, a: int, b: int, c: int) -> list[Chosen]:
        """Some therapists in some order; whoever's bit is set in `c` is waited for when full."""
        order = self.orders[a % len(self.orders)][: 1 + b % len(self.therapists)]
        return [Chosen(self.therapists[one], will_wait=bool(c >> rank & 1)) for rank, one in enumerate(order)]

    def _therapist(self, number: int) -> int:
        user = make_user("therapist", name=f"Therapist {number}")
        return make_therapist(places=1 + number % 2, user=user, list_limit=4, display_name=user.name).pk


def pick(number: int, live: QuerySet[Any], every: QuerySet[Any] | None = None) -> Any:
    """Return one of the rows; of all of them instead of the live ones when the number is the highest."""
    rows = list((live if number < NUMBERS - 1 or every is None else every).order_by("pk"))
    return rows[number % len(rows)] if rows else None


# The client


@act
def send(world: World, a: int, b: int, c: int) -> None:
    if Referral.objects.count() < world.most_people:
        chosen = [{"therapist": one.therapist, "will_wait": one.will_wait} for one in world.order(a, b, c)]
        sent(**{**answers(), **MUSTS[(a + c) % len(MUSTS)], "choices": chosen})


@act
def choose(world: World, a: int, b: int, c: int) -> None:
    if referral := world.referral(a):
        chosen = world.order(b, c, a + b)
        world.attempt(choices_change, referral=referral, choices=chosen, actor=client_of(referral))


@act
def leave_or_return(world: World, a: int, b: int, c: int) -> None:
    if referral := world.referral(a):
        service = (withdraw, withdraw_undo, call_me)[b % 3]
        world.attempt(service, referral=referral, actor=client_of(referral))


# The therapist, asked


@act
def see(world: World, a: int, b: int, c: int) -> None:
    if offer := world.request(a):
        request_seen(offer=offer, actor=actor_of(offer.therapist))


@act
def interest(world: World, a: int, b: int, c: int) -> None:
    if offer := world.request(a):
        world.attempt(request_interest, offer=offer, actor=actor_of(offer.therapist))


@act
def accept(world: World, a: int, b: int, c: int) -> None:
    if offer := world.request(a):
        if b % 4:
            world.attempt(request_interest, offer=offer, actor=actor_of(offer.therapist))
        world.accept(request_offer_meeting, offer, actor_of(offer.therapist))


@act
def decline(world: World, a: int, b: int, c: int) -> None:
    if offer := world.request(a):
        code = sorted(DECLINE_CODES)[b % len(DECLINE_CODES)]
        world.attempt(request_decline, offer=offer, code=code, actor=actor_of(offer.therapist))


@act
def known(world: World, a: int, b: int, c: int) -> None:
    if offer := world.request(a):
        world.attempt(request_known_person, offer=offer, actor=actor_of(offer.therapist))


# The two of them


@act
def contact(world: World, a: int, b: int, c: int) -> None:
    if placement := world.placement(a):
        world.attempt(contact_record, placement=placement, actor=actor_of(placement.therapist))


@act
def go_on(world: World, a: int, b: int, c: int) -> None:
    if placement := world.placement(a):
        for side in SIDES if b % 2 else SIDES[c % 2 :][:1]:
            world.attempt(go_ahead, placement=placement, side=side, actor=of_side(side, placement))


@act
def not_on(world: World, a: int, b: int, c: int) -> None:
    if placement := world.placement(a):
        side = SIDES[b % 2]
        world.attempt(not_this_time, placement=placement, side=side, actor=of_side(side, placement))


@act
def end(world: World, a: int, b: int, c: int) -> None:
    if placement := world.placement(a):
        then = ("now", "not_yet")[b % 2]
        actor = actor_of(placement.therapist)
        world.attempt(placement_end, placement=placement, code="completed", place_then=then, actor=actor)


def of_side(side: str, placement: Placement) -> Any:
    return client_of(placement.referral) if side == "client" else actor_of(placement.therapist)


# Her week


@act
def add_place(world: World, a: int, b: int, c: int) -> None:
    therapist = world.therapist(a)
    if therapist.places.filter(closed_at__isnull=True).count() < 3:
        places_add(therapist_id=therapist.pk, count=1, actor=actor_of(therapist), **HOURS[b % len(HOURS)])


@act
def take_place_away(world: World, a: int, b: int, c: int) -> None:
    therapist = world.therapist(a)
    if place := pick(b, Place.objects.filter(therapist=therapist, closed_at__isnull=True)):
        place_close(place=place, actor=actor_of(therapist))


@act
def offer_place_again(world: World, a: int, b: int, c: int) -> None:
    if place := pick(a, Place.objects.filter(closed_at__isnull=True)):
        from_ = clock.today() if b % 2 else None
        place_offer_from(place=place, available_from=from_, actor=actor_of(place.therapist))


@act
def pause(world: World, a: int, b: int, c: int) -> None:
    Therapist.objects.filter(pk=world.therapist(a).pk).update(paused=b % 8 == 7, confirmed_at=clock.now())


# The register and the desk


@act
def register_says(world: World, a: int, b: int, c: int) -> None:
    status = Registration.Status.SUSPENDED if b % 8 == 7 else Registration.Status.ACTIVE
    Registration.objects.filter(therapist=world.therapist(a)).update(status=status)


@act
def desk(world: World, a: int, b: int, c: int) -> None:
    if referral := world.referral(a):
        service = (carry_on, redirect, reopen)[b % 3]
        world.attempt(service, referral=referral, reason="Talked", actor=TICK)


@act
def close(world: World, a: int, b: int, c: int) -> None:
    if referral := world.referral(a):
        world.attempt(close_administratively, referral=referral, code="unreachable", reason="Tried", actor=TICK)
