"""What may happen on waiting lists and about places that are offered (see tests.support.world)."""

import datetime

from core import clock
from referrals.codes import DECLINE_CODES, REMOVE_CODES
from referrals.models import CheckIn, Choice, Offer, WaitingListEntry
from referrals.services.asks import (
    ask_agree,
    ask_interest,
    ask_known,
    ask_refuse,
    asks_agree_again,
    entry_remove,
    list_settings,
)
from referrals.services.check_ins import check_in_answer
from referrals.services.joining import list_join, list_leave, list_leave_undo
from referrals.services.lists import entry_move, entry_prioritise, entry_take_off, entry_unpark, offer_extend
from referrals.services.offer_times import offer_not_told, offer_told
from referrals.services.offers import LATER_WEEKS, offer_accept, offer_keep_place, offer_late_yes, offer_stop
from tests.referrals.given import TICK, actor_of, client_of
from tests.support.world import World, act, pick

State = WaitingListEntry.State


def _entry(number: int, *states: str) -> WaitingListEntry | None:
    rows = WaitingListEntry.objects.select_related("referral", "therapist")
    return pick(number, rows.filter(state__in=states), rows)


def _offered(number: int) -> Offer | None:
    rows = Offer.objects.filter(awaiting=Offer.Awaiting.CLIENT).select_related("referral", "entry")
    return pick(number, rows.filter(state=Offer.State.OPEN), rows)


# The client


@act
def join(world: World, a: int, b: int, c: int) -> None:
    rows = Choice.objects.filter(state=Choice.State.UNTRIED).select_related("referral__client")
    if choice := pick(a, rows):
        about = {"referral": choice.referral, "therapist_id": choice.therapist_id}
        world.attempt(list_join, **about, actor=client_of(choice.referral))


@act
def leave(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, *WaitingListEntry.LIVE):
        world.attempt(list_leave, entry=entry, actor=client_of(entry.referral))


@act
def undo_leaving(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.LEFT):
        world.attempt(list_leave_undo, entry=entry, actor=client_of(entry.referral))


@act
def take_place(world: World, a: int, b: int, c: int) -> None:
    if offer := _offered(a):
        world.accept(offer_accept, offer, client_of(offer.referral))


@act
def not_this_place(world: World, a: int, b: int, c: int) -> None:
    if offer := _offered(a):
        weeks = LATER_WEEKS[b % len(LATER_WEEKS)]
        world.attempt(offer_keep_place, offer=offer, weeks=weeks, actor=client_of(offer.referral))


@act
def stop_waiting(world: World, a: int, b: int, c: int) -> None:
    if offer := _offered(a):
        world.attempt(offer_stop, offer=offer, actor=client_of(offer.referral))


@act
def yes_too_late(world: World, a: int, b: int, c: int) -> None:
    lapsed = Offer.objects.filter(awaiting=Offer.Awaiting.CLIENT, state=Offer.State.LAPSED)
    if offer := pick(a, lapsed.select_related("referral")):
        world.attempt(offer_late_yes, offer=offer, actor=client_of(offer.referral))


@act
def answer_check_in(world: World, a: int, b: int, c: int) -> None:
    rows = CheckIn.objects.filter(answered_at=None).select_related("referral")
    if check_in := pick(a, rows):
        said = {"still_wants": bool(b % 3), "changed": bool(b % 2), "wants_call": not c % 3}
        world.attempt(check_in_answer, check_in=check_in, **said, actor=client_of(check_in.referral))


# The therapist


@act
def could_see(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.ASKED):
        world.attempt(ask_interest, entry=entry, actor=actor_of(entry.therapist))


@act
def agree(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.ASKED):
        if b % 4:
            world.attempt(ask_interest, entry=entry, actor=actor_of(entry.therapist))
        world.attempt(ask_agree, entry=entry, actor=actor_of(entry.therapist))


@act
def agree_to_all(world: World, a: int, b: int, c: int) -> None:
    """Everybody who asks her may wait."""
    therapist = world.therapist(a)
    actor = actor_of(therapist)
    asked = list(therapist.entries.filter(state=State.ASKED))
    world.attempt(asks_agree_again, entries=asked, actor=actor)
    for entry in asked:
        world.attempt(ask_interest, entry=entry, actor=actor)
        world.attempt(ask_agree, entry=entry, actor=actor)


@act
def refuse(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.ASKED):
        code = sorted(DECLINE_CODES)[b % len(DECLINE_CODES)]
        world.attempt(ask_refuse, entry=entry, code=code, actor=actor_of(entry.therapist))


@act
def knows_who_waits(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.ASKED):
        world.attempt(ask_known, entry=entry, actor=actor_of(entry.therapist))


@act
def take_off(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.LISTED, State.PARKED):
        code = sorted(REMOVE_CODES)[b % len(REMOVE_CODES)]
        world.attempt(entry_remove, entry=entry, code=code, actor=actor_of(entry.therapist))


@act
def set_list(world: World, a: int, b: int, c: int) -> None:
    therapist = world.therapist(a)
    list_settings(therapist_id=therapist.pk, limit=b % 6, closed=not c % 4, actor=actor_of(therapist))


# The desk, and what reaches people


@act
def prioritise(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.LISTED):
        world.attempt(entry_prioritise, entry=entry, priority=bool(b % 2), reason="Moved away", actor=TICK)


@act
def move(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.LISTED, State.PARKED, State.ASKED):
        other = world.therapist(b).pk
        if other != entry.therapist_id:
            world.attempt(entry_move, entry=entry, therapist_id=other, reason="She asked", actor=TICK)


@act
def desk_takes_off(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, *WaitingListEntry.ON_LIST):
        world.attempt(entry_take_off, entry=entry, reason="She asked", actor=TICK)


@act
def unpark(world: World, a: int, b: int, c: int) -> None:
    if entry := _entry(a, State.PARKED):
        world.attempt(entry_unpark, entry=entry, reason="Reached", actor=TICK)


@act
def extend(world: World, a: int, b: int, c: int) -> None:
    if offer := _offered(a):
        until = clock.now().replace(hour=12) + datetime.timedelta(days=1 + b % 9)
        world.attempt(offer_extend, offer=offer, expires_at=until, reason="Interpreter", actor=TICK)


@act
def told_or_not(world: World, a: int, b: int, c: int) -> None:
    if offer := _offered(a):
        if b % 3:
            world.attempt(offer_told, offer_id=offer.pk, at=clock.now())
        else:
            world.attempt(offer_not_told, offer_id=offer.pk)
