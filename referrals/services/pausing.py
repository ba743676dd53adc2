"""Pauses that cost nobody anything: of therapy, whose place is kept, and of waiting, whose turn is kept."""

import datetime
from typing import Any

from core import clock
from core.actors import Actor, system
from core.working_calendar import DAY_ENDS, at_london
from referrals import clocks
from referrals.errors import PauseDateWrong
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_placement
from referrals.models import Placement, Referral, ReferralEvent
from referrals.selectors.lists import entries_of
from referrals.services.entries import next_while_waiting
from referrals.services.events import placement_step, referral_step
from referrals.transitions import PLACEMENT, REFERRAL, NotAllowed
from therapists.queue import queues_recount
from therapists.services.listing import therapist_confirm

TICK = system("tick")
# Longer than this is not a holiday: then it is better to talk.
LONGEST = datetime.timedelta(weeks=13)


def placement_pause(*, placement: Placement, side: str, until: datetime.date, actor: Actor) -> None:
    """Pause sessions until a London date; the place stays hers. Raises NotAllowed, PauseDateWrong."""
    _require_date(until)
    with referral_locked(placement.referral_id) as locked:
        fresh = _live(locked, placement, "pause")
        if side == "therapist":
            therapist_confirm(therapist_id=fresh.therapist_id, actor=actor)
        placement_step(placement=fresh, action="pause")
        fresh.paused_until = until
        fresh.save(update_fields=["paused_until"])
        event = _step(locked, fresh, "pause", at_london(until, DAY_ENDS), actor)
        tell_client(topic=topics.PAUSED, referral=locked.referral, event=event, placement=fresh.pk)
        if side == "client":
            tell_therapist_of_placement(topic=topics.THERAPY_PAUSED, placement=fresh, event=event)


def placement_resume(*, placement: Placement, actor: Actor) -> bool:
    """Go on after a pause, before its end or at it. False when it is not paused (any more)."""
    with referral_locked(placement.referral_id) as locked:
        fresh = next((row for row in (locked.placement, locked.leaving) if row and row.pk == placement.pk), None)
        if fresh is None or fresh.state != Placement.State.PAUSED:
            return False
        therapist_confirm(therapist_id=fresh.therapist_id, actor=actor)
        placement_step(placement=fresh, action="resume")
        fresh.paused_until = None
        fresh.save(update_fields=["paused_until"])
        # While she looks for somebody else the next step is not this therapist's.
        due_at = clock.now() + clocks.REVIEW_EVERY if fresh is locked.placement else None
        event = _step(locked, fresh, "resume", due_at, actor)
        tell_client(topic=topics.RESUMED, referral=locked.referral, event=event, placement=fresh.pk)
        tell_therapist_of_placement(topic=topics.THERAPY_RESUMED, placement=fresh, event=event)
        return True


def pause_over(placement_id: int) -> bool:
    """The day of return has come."""
    placement = Placement.objects.get(pk=placement_id)
    if placement.paused_until is None or placement.paused_until > clock.today():
        return False
    return placement_resume(placement=placement, actor=TICK)


def waiting_pause(*, referral: Referral, back_on: datetime.date, actor: Actor) -> None:
    """No place is offered to her before the London date of her return; her turn on every list stays hers.

    What is open already stays open. Raises NotAllowed, PauseDateWrong.
    """
    _require_date(back_on)
    with referral_locked(referral.pk) as locked:
        if not REFERRAL.allows(locked.referral.state, "go_away"):
            raise NotAllowed(REFERRAL.name, locked.referral.state, "go_away")
        event = _away(locked, back_on, "go_away", actor)
        tell_client(topic=topics.AWAY, referral=locked.referral, event=event, until=back_on.isoformat())


def waiting_resume(*, referral: Referral, actor: Actor) -> bool:
    """She is back, before the day or on it. False when she was not away."""
    with referral_locked(referral.pk) as locked:
        if locked.referral.away_until is None:
            return False
        _away(locked, None, "come_back", actor)
        return True


def away_over(referral_id: int) -> bool:
    """The day of her return has come."""
    referral = Referral.objects.get(pk=referral_id)
    if referral.away_until is None or referral.away_until > clock.today():
        return False
    if referral.state == Referral.State.CLOSED:
        Referral.objects.filter(pk=referral_id).update(away_until=None)
        return True
    return waiting_resume(referral=referral, actor=TICK)


def _away(locked: Locked, until: datetime.date | None, action: str, actor: Actor) -> ReferralEvent:
    referral = locked.referral
    referral.away_until = until
    referral.save(update_fields=["away_until"])
    queues_recount(therapist_ids=[entry.therapist_id for entry in entries_of(referral)])
    detail = {"until": until.isoformat()} if until else {}
    owner, due_at = next_while_waiting(referral) if referral.state == Referral.State.WAITING else (None, None)
    return referral_step(referral=referral, action=action, actor=actor, owner=owner, due_at=due_at, detail=detail)


def _live(locked: Locked, placement: Placement, action: str) -> Placement:
    fresh = locked.placement
    if fresh is None or fresh.pk != placement.pk:
        raise NotAllowed(PLACEMENT.name, placement.state, action)
    return fresh


def _step(
    locked: Locked, placement: Placement, action: str, due_at: datetime.datetime | None, actor: Actor
) -> ReferralEvent:
    detail: dict[str, Any] = {"placement": placement.pk, "therapist": placement.therapist_id}
    if placement.paused_until is not None:
        detail["until"] = placement.paused_until.isoformat()
    return referral_step(
        referral=locked.referral,
        action=action,
        actor=actor,
        owner=Referral.Owner.THERAPIST if due_at else None,
        due_at=due_at,
        detail=detail,
    )


def _require_date(day: datetime.date) -> None:
    if not clock.today() < day <= clock.today() + LONGEST:
        raise PauseDateWrong
