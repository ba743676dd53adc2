"""Asking people who wait how it is going. Silence ends nothing: it asks a human to call."""

from core import clock
from core.actors import Actor, system
from core.choices import Role
from referrals import clocks
from referrals.errors import NotAllowed
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import CheckIn, Referral
from referrals.selectors.check_ins import missed_in_a_row
from referrals.selectors.safety import has_alarm
from referrals.services.calls import call_open
from referrals.services.entries import next_while_waiting
from referrals.services.events import referral_step
from referrals.services.withdrawal import call_me

TICK = system("tick")


def check_in_ask(referral_id: int) -> bool:
    """Ask somebody who waits: do you still want this, has anything changed? Returns False when it is not due."""
    with referral_locked(referral_id) as locked:
        referral, now = locked.referral, clock.now()
        due = referral.check_in_at
        if referral.state != Referral.State.WAITING or due is None or due > now:
            return False
        CheckIn.objects.filter(referral=referral, answered_at=None, missed_at=None).update(missed_at=now)
        asked = CheckIn.objects.create(referral=referral, asked_at=now)
        referral.check_in_at = now + clocks.CHECK_IN_EVERY
        referral.save(update_fields=["check_in_at"])
        owner, due_at = next_while_waiting(referral)
        event = referral_step(
            referral=referral, action="check_in", actor=TICK, owner=owner, due_at=due_at, detail={"check_in": asked.pk}
        )
        tell_client(topic=topics.CHECK_IN, referral=referral, event=event, check_in=asked.pk)
        return True


def check_in_answer(
    *,
    check_in: CheckIn,
    still_wants: bool,
    changed: bool,
    wants_call: bool,
    actor: Actor,
    phone: str = "",
    voicemail_ok: bool = False,
) -> CheckIn:
    """Keep her answer, a late one too. Saying that she does not want it any more ends nothing by itself.

    A wish to be called becomes a call that a person owes her. Answering twice changes nothing. Raises NotAllowed when
    the referral is closed.
    """
    with referral_locked(check_in.referral_id) as locked:
        fresh = CheckIn.objects.get(pk=check_in.pk)
        if fresh.answered_at is not None:
            return fresh
        referral = locked.referral
        if referral.state == Referral.State.CLOSED:
            raise NotAllowed("referral", referral.state, "answer_check_in")
        fresh.answered_at, fresh.still_wants, fresh.changed = clock.now(), still_wants, changed
        fresh.wants_call = wants_call
        fresh.save(update_fields=["answered_at", "still_wants", "changed", "wants_call"])
        referral_step(
            referral=referral,
            action="answer_check_in",
            actor=actor,
            detail={"check_in": fresh.pk, "wants": still_wants},
        )
        if wants_call:
            call_me(referral=referral, actor=actor, phone=phone, voicemail_ok=voicemail_ok)
        return fresh


def check_in_unanswered(check_in_id: int) -> bool:
    """So long without an answer that it is silence: after two in a row, or one from somebody whose answer about safety
    alarmed, a human calls. Returns whether anything changed.
    """
    referral_id = CheckIn.objects.values_list("referral_id", flat=True).get(pk=check_in_id)
    with referral_locked(referral_id) as locked:
        now = clock.now()
        late = CheckIn.objects.filter(pk=check_in_id, asked_at__lt=now - clocks.CHECK_IN_ANSWER)
        if not late.filter(answered_at=None, missed_at=None).update(missed_at=now):
            return False
        alarmed = has_alarm(locked.referral)
        if locked.referral.state == Referral.State.WAITING:
            missed = missed_in_a_row(locked.referral)
            if missed >= (1 if alarmed else clocks.CHECK_INS_MISSED):
                _call(locked, alarmed=alarmed)
        return True


def _call(locked: Locked, *, alarmed: bool) -> None:
    referral = locked.referral
    role = Role.SAFETY_CLINICIAN if alarmed else Role.COORDINATOR
    task = call_open(referral=referral, why="check_in_unanswered", actor=TICK, role=role)
    event = referral_step(
        referral=referral, action="hand_over", actor=TICK, detail={"why": "check_in_unanswered", "task": task.pk}
    )
    call_by = task.due_at.isoformat()
    tell_client(topic=topics.CALL_COMING, referral=referral, event=event, call_by=call_by, why="check_in")
