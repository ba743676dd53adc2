"""What coordinators and safety clinicians do by hand, each with a reason that is recorded."""

from django.db import transaction

from core import clock
from core.actors import Actor
from core.models import Task
from core.worklist import task_close
from referrals import codes
from referrals.locks import referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import Referral
from referrals.services.calls import CALLS, call_before_telling_made, call_open, calls_cancel
from referrals.services.events import referral_step
from referrals.services.moving import choosing_due
from referrals.services.placements import closed
from referrals.services.reasons import last_event, reason_note, reason_require
from referrals.services.walk import referral_walk
from referrals.services.withdrawal import everything_let_go, referral_reopen, withdraw
from referrals.transitions import REFERRAL as LIFE
from referrals.transitions import NotAllowed

CARRY_ON, CALL_AGAIN = "carry_on", "call_again"


def redirect(*, referral: Referral, reason: str, actor: Actor) -> None:
    """Close because other help is the right one, after speaking with the client. Raises NotAllowed, ValueError."""
    reason_require(reason)
    with transaction.atomic():
        _close(referral, "redirect", codes.REDIRECTED, reason, actor)
        call_before_telling_made(referral=referral, note=reason.strip(), actor=actor)


def close_administratively(*, referral: Referral, code: str, reason: str, actor: Actor) -> None:
    """Close with a code of CLOSE_CODES. Raises NotAllowed, ValueError (unknown code, no reason)."""
    if code not in codes.CLOSE_CODES:
        raise ValueError(code)
    _close(referral, "close", code, reason, actor)


def reopen(*, referral: Referral, reason: str, actor: Actor) -> None:
    """Open a closed referral again: back to choosing, its time kept. Raises NotAllowed, AlreadyOpen, ValueError."""
    reason_require(reason)
    with referral_locked(referral.pk) as locked:
        referral_reopen(locked=locked, action="reopen", actor=actor)
        event = last_event(referral, "reopen")
        reason_note(event=event, referral=referral, verb="referral_reopen_reason", reason=reason, actor=actor)


def carry_on(*, referral: Referral, reason: str, actor: Actor) -> None:
    """After a call: ask the next on the list, or give the choice back to the client with her ten days anew.

    Closes the calls that were owed. Raises NotAllowed unless the referral is choosing, ValueError without a reason.
    """
    reason_require(reason)
    with referral_locked(referral.pk) as locked:
        fresh = locked.referral
        fresh.choosing_since, fresh.reminders_sent = clock.now(), 0
        event = referral_step(
            referral=fresh,
            action="carry_on",
            actor=actor,
            owner=Referral.Owner.CLIENT,
            due_at=choosing_due(fresh),
        )
        calls_cancel(referral=fresh, kinds_=CALLS, actor=actor)
        call_before_telling_made(referral=fresh, note=reason.strip(), actor=actor)
        following = referral_walk(locked=locked, actor=actor)
        tell_client(topic=topics.ASKED, referral=fresh, event=event, next=following.pk if following else None)
        reason_note(event=event, referral=referral, verb="referral_carry_on_reason", reason=reason, actor=actor)


@transaction.atomic
def withdraw_for(*, referral: Referral, reason: str, actor: Actor) -> None:
    """Stop a referral for a client who asked for it, on the phone say. She can undo it as if she had done it herself.

    Raises NotAllowed, ValueError without a reason.
    """
    reason_require(reason)
    withdraw(referral=referral, actor=actor)
    event = last_event(referral, "withdraw")
    reason_note(event=event, referral=referral, verb="referral_withdraw_reason", reason=reason, actor=actor)


def _close(referral: Referral, action: str, code: str, reason: str, actor: Actor) -> None:
    reason_require(reason)
    with referral_locked(referral.pk) as locked:
        everything_let_go(locked=locked, code=code, actor=actor)
        locked.referral.closed_code = code
        event = referral_step(referral=locked.referral, action=action, actor=actor)
        reason_note(event=event, referral=referral, verb=f"referral_{action}_reason", reason=reason, actor=actor)
        closed(locked.referral, event, actor)


def call_finish(*, task: Task, then: str, outcome: str, note: str, actor: Actor) -> None:
    """Close a call to somebody whose next step is the desk's, and say what comes next: without that she would stand
    still until the nightly check.

    `then`: CARRY_ON (the note is the reason) or CALL_AGAIN, by the end of the next working day. Raises NotAllowed when
    the referral has moved on, worklist.NotOpen, NotYours, ValueError without a note.
    """
    reason_require(note)
    if then not in (CARRY_ON, CALL_AGAIN):
        raise ValueError(then)
    with referral_locked(task.subject_id) as locked:
        referral = locked.referral
        if referral.state != Referral.State.CHOOSING:
            raise NotAllowed(LIFE.name, referral.state, then)
        task_close(task=task, actor=actor, outcome=outcome, note=note)
        if then == CARRY_ON:
            carry_on(referral=referral, reason=note, actor=actor)
            return
        call = call_open(referral=referral, why="again", actor=actor, kind=task.kind, role=task.owner_role)
        referral_step(
            referral=referral,
            action="hand_over",
            actor=actor,
            owner=Referral.Owner.COORDINATOR,
            due_at=call.due_at,
            detail={"task": call.pk},
        )
