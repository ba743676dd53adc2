"""What may happen about holidays, and about leaving one therapist for another (see tests.support.world)."""

import datetime

from core import clock
from referrals.models import Placement
from referrals.services.pausing import placement_pause, placement_resume, waiting_pause, waiting_resume
from referrals.services.switching import old_end, switch, switch_undo
from tests.referrals.given import actor_of, client_of
from tests.support.world import SIDES, World, act, of_side, pick


@act
def go_on_holiday(world: World, a: int, b: int, c: int) -> None:
    if placement := world.placement(a):
        side, until = SIDES[b % 2], clock.today() + datetime.timedelta(days=1 + c)
        world.attempt(placement_pause, placement=placement, side=side, until=until, actor=of_side(side, placement))


@act
def come_back(world: World, a: int, b: int, c: int) -> None:
    if placement := world.placement(a):
        world.attempt(placement_resume, placement=placement, actor=actor_of(placement.therapist))


@act
def be_away(world: World, a: int, b: int, c: int) -> None:
    if referral := world.referral(a):
        back_on = clock.today() + datetime.timedelta(days=1 + c)
        world.attempt(waiting_pause, referral=referral, back_on=back_on, actor=client_of(referral))


@act
def be_back(world: World, a: int, b: int, c: int) -> None:
    if referral := world.referral(a):
        world.attempt(waiting_resume, referral=referral, actor=client_of(referral))


@act
def change_therapist(world: World, a: int, b: int, c: int) -> None:
    if placement := world.placement(a):
        side = SIDES[b % 2]
        actor = of_side(side, placement)
        world.attempt(switch, placement=placement, side=side, many_sessions=bool(c % 2), actor=actor)


@act
def stay_after_all(world: World, a: int, b: int, c: int) -> None:
    if referral := world.referral(a):
        world.attempt(switch_undo, referral=referral, actor=client_of(referral))


@act
def end_the_old(world: World, a: int, b: int, c: int) -> None:
    leaving = Placement.objects.filter(leaving_since__isnull=False, ended_at__isnull=True)
    if placement := pick(a, leaving.select_related("therapist")):
        place_from = clock.today() if b % 2 else None
        world.attempt(old_end, placement=placement, place_from=place_from, actor=actor_of(placement.therapist))
