"""What a coordinator does on a waiting list by hand, each with a reason that stands in the referral's history.

Nobody else on a list ever learns that somebody was put forward, moved or taken off.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from core import clock
from core.actors import Actor
from core.working_time import next_waking_moment
from core.worklist import tasks_close_for
from referrals import codes, kinds
from referrals.errors import AlreadySaidNo, ExtendWrong, ListFull, OfferGone
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import Choice, Offer, Referral, WaitingListEntry
from referrals.selectors.lists import entry_of
from referrals.services.asking import entry_join
from referrals.services.asks import entry_take_off as entry_ended_by_hand
from referrals.services.calls import REFERRAL
from referrals.services.entries import entry_end, entry_event, entry_step, ranks_follow
from referrals.services.events import referral_step
from referrals.services.moving import require_open
from referrals.services.offers import offer_accept, offer_keep_place, offer_stop
from referrals.services.reasons import last_event, reason_note, reason_require
from referrals.services.rounds import Line, line_new, present_lines, round_write
from referrals.services.walk import excluded_ids, referral_walk, unpaid_ids
from referrals.transitions import ENTRY, NotAllowed
from therapists.selectors.standing import standing
from therapists.services.places import HoldExpired, claim_extend

State = WaitingListEntry.State
# A place stays held at most this long from now when a coordinator gives somebody more time: others wait for it too.
EXTEND_MOST = timedelta(days=14)
# What somebody may have said about a place, the service it goes through and the event it leaves.
ANSWERS: dict[str, tuple[Callable[..., object], str]] = {
    "accept": (offer_accept, "accept"),
    "keep": (offer_keep_place, "keep_place"),
    "stop": (offer_stop, "stop_waiting"),
}
# Whose entry may be moved or taken off: somebody who is offered a place answers first, or the desk answers for her.
LOOSE = (State.ASKED, State.LISTED, State.PARKED)


@contextmanager
def _entry_locked(
    entry: WaitingListEntry, action: str, states: Iterable[str], *, also: Iterable[int] = ()
) -> Iterator[tuple[Locked, WaitingListEntry]]:
    """Lock its referral, read again, and require that it is in one of these states. Raises NotAllowed."""
    with referral_locked(entry.referral_id, also=(entry.therapist_id, *also)) as locked:
        fresh = WaitingListEntry.objects.select_related("therapist").get(pk=entry.pk)
        if fresh.referral_id != entry.referral_id or fresh.state not in states:
            raise NotAllowed(ENTRY.name, fresh.state, action)
        yield locked, fresh


def entry_prioritise(*, entry: WaitingListEntry, priority: bool, reason: str, actor: Actor) -> None:
    """Put somebody before those who wait longer, or take that back. Only on this list.

    Raises NotAllowed (not on the list any more, or it is so already), ValueError without a reason.
    """
    reason_require(reason)
    with _entry_locked(entry, "prioritise", WaitingListEntry.LIVE) as (locked, fresh):
        if fresh.priority == priority:
            raise NotAllowed(ENTRY.name, fresh.state, "prioritise")
        fresh.priority = priority
        fresh.save(update_fields=["priority"])
        event = entry_event(referral=locked.referral, action="prioritise", entry=fresh, actor=actor, priority=priority)
        reason_note(event=event, referral=locked.referral, verb="entry_prioritise", reason=reason, actor=actor)


def entry_move(*, entry: WaitingListEntry, therapist_id: int, reason: str, actor: Actor) -> WaitingListEntry:
    """Have somebody wait for another therapist instead, her time kept. That therapist is asked like by anybody new.

    She takes the other's line on the client's list. Being put forward was for the old list and ends with it.
    Raises NotAllowed, ListFull (also for whoever is not listed, or must not be put together with the client),
    AlreadySaidNo, ValueError without a reason.
    """
    reason_require(reason)
    with _entry_locked(entry, "move", LOOSE, also=[therapist_id]) as (locked, fresh):
        referral = locked.referral
        if therapist_id == fresh.therapist_id or therapist_id not in locked.therapists or _hers(locked, therapist_id):
            raise ListFull
        rank = _choose_instead(referral, fresh, therapist_id)
        _require_takes(referral, therapist_id)
        entry_end(entry=fresh, action="remove", code=codes.MOVED)
        moved = entry_join(locked=locked, therapist_id=therapist_id, rank=rank, actor=actor)
        event = entry_event(
            referral=referral, action="move_list", entry=moved, actor=actor, moved_from=fresh.therapist_id
        )
        reason_note(event=event, referral=referral, verb="entry_move", reason=reason, actor=actor)
        tell_client(topic=topics.LIST_MOVED, referral=referral, event=event, entry=moved.pk, moved_from=fresh.pk)
        return moved


def entry_take_off(*, entry: WaitingListEntry, reason: str, actor: Actor) -> None:
    """Take somebody off a list. The client is told, and whoever is next on her own list is asked.

    Raises NotAllowed (also while a place is offered to her from it), ValueError without a reason.
    """
    reason_require(reason)
    with _entry_locked(entry, "remove", LOOSE) as (locked, fresh):
        entry_ended_by_hand(locked=locked, entry=fresh, code=codes.BY_THE_DESK, actor=actor)
        event = last_event(locked.referral, "remove_list")
        reason_note(event=event, referral=locked.referral, verb="entry_take_off", reason=reason, actor=actor)


def entry_unpark(*, entry: WaitingListEntry, reason: str, actor: Actor) -> None:
    """Somebody who was parked may be offered places again, where she stood. The task about it is done.

    Raises NotAllowed, ValueError without a reason.
    """
    reason_require(reason)
    with _entry_locked(entry, "unpark", (State.PARKED,)) as (locked, fresh):
        referral = locked.referral
        entry_step(entry=fresh, action="unpark", lapses=0, no_offer_before=None, code="")
        event = entry_event(referral=referral, action="unpark", entry=fresh, actor=actor)
        reason_note(event=event, referral=referral, verb="entry_unpark", reason=reason, actor=actor)
        if not WaitingListEntry.objects.filter(referral=referral, state=State.PARKED).exists():
            tasks_close_for(
                kind=kinds.PARKED_ENTRY,
                subject_type=REFERRAL,
                subject_id=referral.pk,
                actor=actor,
                outcome="reached",
                note=reason.strip(),
            )
        if referral.state == Referral.State.CHOOSING:
            referral_walk(locked=locked, actor=actor)


def offer_extend(*, offer: Offer, expires_at: datetime, reason: str, actor: Actor) -> None:
    """Give somebody more time to answer about a place; it stays held. The client is told.

    Raises OfferGone (answered, or its time is over), ExtendWrong (not later than now promised, more than EXTEND_MOST
    from now, or at night), ValueError without a reason.
    """
    reason_require(reason)
    with referral_locked(offer.referral_id) as locked:
        fresh = require_open(locked.offer, offer.pk)
        if fresh.awaiting != Offer.Awaiting.CLIENT or fresh.claim is None:
            raise OfferGone
        _require_sensible_end(fresh, expires_at)
        try:
            claim_extend(claim=fresh.claim, expires_at=expires_at, actor=actor)
        except HoldExpired as error:
            raise OfferGone from error
        fresh.expires_at = expires_at
        fresh.save(update_fields=["expires_at"])
        event = referral_step(
            referral=locked.referral,
            action="extend",
            actor=actor,
            owner=Referral.Owner.CLIENT,
            due_at=expires_at,
            detail={"offer": fresh.pk, "therapist": fresh.therapist_id, "until": expires_at.isoformat()},
        )
        reason_note(event=event, referral=locked.referral, verb="offer_extend", reason=reason, actor=actor)
        tell_client(topic=topics.PLACE_EXTENDED, referral=locked.referral, event=event, offer=fresh.pk)


def offer_answer_for(*, offer: Offer, answer: str, reason: str, actor: Actor) -> None:
    """Take down what somebody said about a place on the phone or by letter: accept, keep or stop.

    Raises PlaceGone, NotListed, ValueError (no reason, another answer).
    """
    reason_require(reason)
    do, action = ANSWERS[answer]
    with transaction.atomic():
        do(offer=offer, actor=actor)
        event = last_event(offer.referral, action)
        reason_note(event=event, referral=offer.referral, verb="offer_answer_for", reason=reason, actor=actor)


def _require_sensible_end(offer: Offer, expires_at: datetime) -> None:
    late = expires_at > clock.now() + EXTEND_MOST
    asleep = next_waking_moment(expires_at - timedelta(minutes=1)) != expires_at - timedelta(minutes=1)
    if expires_at <= offer.expires_at or late or asleep:
        raise ExtendWrong


def _hers(locked: Locked, therapist_id: int) -> bool:
    """Whether this therapist is asked for her now, or sees her: whom she has she does not wait for."""
    held = (locked.offer, locked.placement, locked.leaving)
    return any(row is not None and row.therapist_id == therapist_id for row in held)


def _choose_instead(referral: Referral, entry: WaitingListEntry, therapist_id: int) -> int:
    """Write the client's list with the one therapist in the other's place. Returns the rank. Raises AlreadySaidNo."""
    if Choice.objects.filter(referral=referral, state=Choice.State.NO, therapist_id=therapist_id).exists():
        raise AlreadySaidNo([therapist_id])
    lines = present_lines(referral)
    others = [line for line in lines if line.therapist_id != therapist_id]
    new = [_swapped(line, entry.therapist_id, therapist_id) for line in others]
    if therapist_id not in {line.therapist_id for line in new}:
        new = [*new[:4], line_new(therapist_id, will_wait=True)]
    round_write(referral=referral, lines=new)
    ranks_follow(referral=referral)
    return next(rank for rank, line in enumerate(new, start=1) if line.therapist_id == therapist_id)


def _swapped(line: Line, old: int, new: int) -> Line:
    return line_new(new, will_wait=True) if line.therapist_id == old else line


def _require_takes(referral: Referral, therapist_id: int) -> None:
    """Raises ListFull for every reason alike: why two must not be put together is nobody's to read from an answer."""
    barred = excluded_ids(referral, [therapist_id]) | unpaid_ids(referral, [therapist_id])
    room = standing(therapist_id, as_of=clock.now()).accepts_waiting
    if barred or not room or entry_of(referral, therapist_id) is not None:
        raise ListFull
