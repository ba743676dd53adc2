"""A change of therapist without fault. The old placement goes on until she meets somebody else, or it is ended."""

import datetime

from core import clock
from core.actors import Actor
from core.choices import Role
from referrals import clocks, codes
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_placement
from referrals.models import Placement, Referral, ReferralEvent
from referrals.selectors.safety import has_alarm
from referrals.services.calls import call_open
from referrals.services.events import choice_step, placement_step, referral_step
from referrals.services.letting_go import what_is_open_let_go
from referrals.transitions import PLACEMENT, REFERRAL, NotAllowed
from therapists.services.listing import therapist_confirm
from therapists.services.places import claim_release, place_offer_from

SIDES = ("client", "therapist")


def switch(*, placement: Placement, side: str, many_sessions: bool, actor: Actor) -> None:
    """Either side asks for a change; no reason is needed. Her sessions go on until she meets somebody else.

    Whom her therapist lets go after an answer that alarmed is called as well.

    `many_sessions`: three or more have taken place, so that her wait counts from now; otherwise it counts from before.
    Raises NotAllowed, ValueError for an unknown side.
    """
    if side not in SIDES:
        raise ValueError(side)
    with referral_locked(placement.referral_id) as locked:
        fresh, referral = locked.placement, locked.referral
        if fresh is None or fresh.pk != placement.pk or referral.state != Referral.State.IN_THERAPY:
            raise NotAllowed(REFERRAL.name, referral.state, "switch")
        if side == "therapist":
            therapist_confirm(therapist_id=fresh.therapist_id, actor=actor)
        now = clock.now()
        fresh.leaving_since, fresh.leaving_by = now, side
        fresh.save(update_fields=["leaving_since", "leaving_by"])
        if many_sessions:
            referral.queue_from = now
            referral.save(update_fields=["queue_from"])
        choice_step(referral=referral, therapist_id=fresh.therapist_id, action="end")
        detail = {"placement": fresh.pk, "therapist": fresh.therapist_id, "side": side}
        event = referral_step(referral=referral, action="switch", actor=actor, detail=detail)
        if side == "client":
            tell_therapist_of_placement(topic=topics.SWITCH_BEGUN, placement=fresh, event=event)
        _tell_switched(referral, fresh, event, _call_if_alarmed(referral, side, actor))


def _call_if_alarmed(referral: Referral, side: str, actor: Actor) -> datetime.datetime | None:
    """Return by when a safety clinician calls somebody who has been let go, if she does."""
    if side == "client" or not has_alarm(referral):
        return None
    return call_open(referral=referral, why="let_go", actor=actor, role=Role.SAFETY_CLINICIAN).due_at


def _tell_switched(
    referral: Referral, placement: Placement, event: ReferralEvent, call_by: datetime.datetime | None
) -> None:
    tell_client(
        topic=topics.SWITCHED,
        referral=referral,
        event=event,
        placement=placement.pk,
        side=placement.leaving_by,
        call_by=call_by.isoformat() if call_by else None,
    )


def switch_undo(*, referral: Referral, actor: Actor) -> None:
    """Stay with the therapist after all: whatever was asked or waited for meanwhile ends. Raises NotAllowed."""
    with referral_locked(referral.pk) as locked:
        fresh, old = locked.referral, locked.leaving
        if old is None:
            raise NotAllowed(REFERRAL.name, fresh.state, "stay")
        what_is_open_let_go(locked=locked, actor=actor)
        choice_step(referral=fresh, therapist_id=old.therapist_id, action="stay")
        old.leaving_since, old.leaving_by = None, ""
        old.save(update_fields=["leaving_since", "leaving_by"])
        event = referral_step(
            referral=fresh,
            action="stay",
            actor=actor,
            owner=Referral.Owner.THERAPIST,
            due_at=clock.now() + clocks.REVIEW_EVERY,
            detail={"placement": old.pk, "therapist": old.therapist_id},
        )
        tell_client(topic=topics.STAYING, referral=fresh, event=event, placement=old.pk)
        tell_therapist_of_placement(topic=topics.SWITCH_UNDONE, placement=old, event=event)


def old_end(*, placement: Placement, place_from: datetime.date | None = None, actor: Actor) -> None:
    """End the sessions with the therapist she is leaving before she has met somebody else. Raises NotAllowed."""
    with referral_locked(placement.referral_id) as locked:
        old = locked.leaving
        if old is None or old.pk != placement.pk:
            raise NotAllowed(PLACEMENT.name, placement.state, "end")
        therapist_confirm(therapist_id=old.therapist_id, actor=actor)
        old_placement_end(locked=locked, actor=actor, place_from=place_from)
        detail = {"placement": old.pk, "therapist": old.therapist_id}
        event = referral_step(referral=locked.referral, action="end_old", actor=actor, detail=detail)
        tell_client(topic=topics.OLD_ENDED, referral=locked.referral, event=event, placement=old.pk)


def old_placement_end(*, locked: Locked, actor: Actor, place_from: datetime.date | None = None) -> None:
    """End what she is leaving, if there is something. Its place is offered again when that therapist says so:
    `place_from` a date, or not yet."""
    old = locked.leaving
    if old is None:
        return
    placement_step(placement=old, action="end", by=old.leaving_by, code=codes.SWITCHED)
    claim_release(claim=old.claim, reason=codes.SWITCHED, actor=actor)
    place_offer_from(place=old.claim.place, available_from=place_from, actor=actor)
    tell_therapist_of_placement(topic=topics.PLACEMENT_ENDED, placement=old)
