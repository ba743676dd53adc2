"""The client stops, changes her mind about it, or asks to be called."""

from clients.services.contact import client_phone_add
from core import clock
from core.actors import Actor
from core.models import Task
from referrals import clocks, codes
from referrals.errors import AlreadyOpen, TooLate
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_placement
from referrals.models import Referral
from referrals.selectors.calls import call_before_telling
from referrals.services.calls import call_open
from referrals.services.events import referral_step
from referrals.services.letting_go import what_is_open_let_go
from referrals.services.placements import CLIENT, closed, placement_close
from referrals.services.switching import old_placement_end
from referrals.services.walk import referral_walk


def withdraw(*, referral: Referral, actor: Actor) -> None:
    """Stop the referral. It can be undone for seven days, keeping its time. Raises NotAllowed when it is closed."""
    with referral_locked(referral.pk) as locked:
        fresh = locked.referral
        everything_let_go(locked=locked, code=codes.WITHDRAWN, actor=actor)
        fresh.closed_code, fresh.undo_until = codes.WITHDRAWN, clock.now() + clocks.UNDO_LASTS
        fresh.save(update_fields=["undo_until"])
        event = referral_step(referral=fresh, action="withdraw", actor=actor)
        closed(fresh, event, actor)


def withdraw_undo(*, referral: Referral, actor: Actor) -> None:
    """Take the stop back: her list is walked again and her time counts from before. Raises TooLate, NotAllowed.

    A referral the same person sent in the meantime stays the open one: AlreadyOpen.
    """
    with referral_locked(referral.pk) as locked:
        fresh = locked.referral
        if fresh.state == Referral.State.CLOSED:
            over = fresh.undo_until is None or fresh.undo_until < clock.now()
            if over or fresh.closed_code != codes.WITHDRAWN:
                raise TooLate
        referral_reopen(locked=locked, action="undo", actor=actor)


def referral_reopen(*, locked: Locked, action: str, actor: Actor) -> None:
    """Open a closed referral and walk what is left of its list, in the caller's transaction. Raises AlreadyOpen."""
    fresh = locked.referral
    other = Referral.objects.filter(client_id=fresh.client_id).exclude(state=Referral.State.CLOSED).first()
    if other is not None and other.pk != fresh.pk:
        raise AlreadyOpen(other)
    fresh.undo_until = None
    fresh.save(update_fields=["undo_until"])
    call = call_before_telling(fresh)
    event = referral_step(
        referral=fresh,
        action=action,
        actor=actor,
        owner=Referral.Owner.COORDINATOR if call else None,
        due_at=call.due_at if call else None,
    )
    following = referral_walk(locked=locked, actor=actor)
    tell_client(
        topic=topics.REOPENED,
        referral=fresh,
        event=event,
        next=following.pk if following is not None else None,
        call_by=call.due_at.isoformat() if call else None,
    )


def call_me(*, referral: Referral, actor: Actor, phone: str = "", voicemail_ok: bool = False) -> Task:
    """She wants to be called. While she is choosing, the next step is the coordinator's from now on.

    `phone`, already cleaned, is kept where no number was known. Raises NotAllowed when the referral is closed.
    """
    with referral_locked(referral.pk) as locked:
        fresh = locked.referral
        if phone:
            client_phone_add(client=fresh.client, phone=phone, voicemail_ok=voicemail_ok, actor=actor)
        task = call_open(referral=fresh, why="asked", actor=actor)
        choosing = fresh.state == Referral.State.CHOOSING
        event = referral_step(
            referral=fresh,
            action="call_me",
            actor=actor,
            owner=Referral.Owner.COORDINATOR if choosing else None,
            due_at=task.due_at if choosing else None,
            detail={"task": task.pk},
        )
        tell_client(topic=topics.CALL_COMING, referral=fresh, event=event, call_by=task.due_at.isoformat())
        return task


def everything_let_go(*, locked: Locked, code: str, actor: Actor) -> None:
    """Take back what is open and end what is live, with notice to the therapist, before a referral closes."""
    what_is_open_let_go(locked=locked, actor=actor)
    old_placement_end(locked=locked, actor=actor)
    if locked.placement is not None:
        placement_close(locked=locked, placement=locked.placement, by=CLIENT, code=code, actor=actor)
        tell_therapist_of_placement(topic=topics.PLACEMENT_ENDED, placement=locked.placement)
