"""The only place that changes a state: column and event row together, and with them who acts next by when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import audit, clock
from core.actors import Actor
from referrals import clocks
from referrals.models import Choice, Offer, Placement, Referral, ReferralEvent
from referrals.selectors.lists import entries_of
from referrals.transitions import CHOICE, OFFER, PLACEMENT, REFERRAL, NotAllowed
from therapists.queue import queues_recount

CHOOSING, CLOSED = Referral.State.CHOOSING, Referral.State.CLOSED
STEP_FIELDS = ["state", "action_owner", "due_at", "choosing_since", "reminders_sent", "closed_at", "closed_code"]


def referral_step(
    *,
    referral: Referral,
    action: str,
    actor: Actor,
    owner: str | None = None,
    due_at: datetime | None = None,
    detail: dict[str, Any] | None = None,
) -> ReferralEvent:
    """Take a referral one step, in the caller's transaction and under its lock.

    Without `owner` whoever owns the next step keeps it; a referral that comes back to choosing belongs to the client
    for ten days. `detail` holds ids and codes. Raises NotAllowed.
    """
    now = clock.now()
    before = "" if referral.pk is None else referral.state
    referral.state = REFERRAL.step(before, action)
    if referral.state == CHOOSING and before != CHOOSING:
        referral.choosing_since, referral.reminders_sent = now, 0
        owner, due_at = owner or Referral.Owner.CLIENT, due_at or now + clocks.CHOOSING_LASTS
    elif referral.state != CHOOSING:
        referral.choosing_since = None
    if owner is not None:
        referral.action_owner, referral.due_at = owner, due_at
    if referral.state == CLOSED:
        referral.action_owner, referral.due_at, referral.closed_at = "", None, now
    elif before == CLOSED:
        referral.closed_at, referral.closed_code = None, ""
    if before:
        referral.save(update_fields=STEP_FIELDS)
    else:
        referral.save(force_insert=True)
    if before and referral.state != before:
        # Whether she could be offered a place has changed on each list she stands on.
        queues_recount(therapist_ids=[entry.therapist_id for entry in entries_of(referral)])
    return _record(referral, before, action, actor, detail or {})


@dataclass(frozen=True, slots=True)
class Step:
    """One of many equal steps: whose it is, by when the next is due, and ids for the event."""

    referral: Referral
    due_at: datetime
    detail: dict[str, Any]


def referral_steps(*, steps: Sequence[Step], action: str, owner: str, actor: Actor) -> list[ReferralEvent]:
    """Take many referrals the same step, which neither begins nor ends in choosing or closed, in a few statements.

    The caller holds their locks and counts their lists again. Raises NotAllowed, and then nothing has happened.
    """
    befores = [step.referral.state for step in steps]
    for step in steps:
        referral = step.referral
        referral.state = REFERRAL.step(referral.state, action)
        referral.action_owner, referral.due_at = owner, step.due_at
    _save_alike(steps, owner)
    events = ReferralEvent.objects.bulk_create(
        _event(step.referral, before, action, actor, step.detail) for step, before in zip(steps, befores, strict=True)
    )
    rows = [(event.referral_id, event.referral.reference, {**event.detail, "event": event.pk}) for event in events]
    audit.records_write(actor=actor, verb=f"referral_{action}", obj_type="referral", rows=rows)
    return events


def _save_alike(steps: Sequence[Step], owner: str) -> None:
    """Save state, owner and due time, those with the same values in one statement: few differ in more than their pk."""
    alike: dict[tuple[str, datetime], list[int]] = defaultdict(list)
    for step in steps:
        alike[step.referral.state, step.due_at].append(step.referral.pk)
    for (state, due_at), ids in alike.items():
        Referral.objects.filter(pk__in=ids).update(state=state, action_owner=owner, due_at=due_at)


def _event(referral: Referral, before: str, action: str, actor: Actor, detail: dict[str, Any]) -> ReferralEvent:
    return ReferralEvent(
        referral=referral,
        at=clock.now(),
        action=action,
        from_state=before,
        to_state=referral.state,
        actor_type=actor.type,
        actor_id=actor.id,
        actor_label=actor.label[:120],
        detail=detail,
    )


def _record(referral: Referral, before: str, action: str, actor: Actor, detail: dict[str, Any]) -> ReferralEvent:
    event = _event(referral, before, action, actor, detail)
    event.save(force_insert=True)
    audit.record_write(
        actor=actor,
        verb=f"referral_{action}",
        obj_type="referral",
        obj_id=referral.pk,
        obj_label=referral.reference,
        detail={**detail, "event": event.pk},
    )
    return event


def offer_step(*, offer: Offer, action: str, code: str = "") -> None:
    """Close an offer. Compare and set: of two who answer at once, one raises NotAllowed."""
    state, now = OFFER.step(offer.state, action), clock.now()
    won = Offer.objects.filter(pk=offer.pk, state=offer.state).update(state=state, closed_at=now, code=code)
    if not won:
        raise NotAllowed(OFFER.name, offer.state, action)
    offer.state, offer.closed_at, offer.code = state, now, code


def choice_step(*, referral: Referral, therapist_id: int, action: str) -> None:
    """Take the choice of this therapist on the referral's present list one step, if she still stands on it."""
    choice = Choice.objects.filter(referral=referral, round=referral.round, therapist_id=therapist_id).first()
    if choice is not None:
        choice.state, choice.changed_at = CHOICE.step(choice.state, action), clock.now()
        choice.save(update_fields=["state", "changed_at"])


def placement_step(*, placement: Placement, action: str, by: str = "", code: str = "") -> None:
    """Take a placement one step. Raises NotAllowed."""
    placement.state = PLACEMENT.step(placement.state, action)
    if placement.state == Placement.State.ENDED:
        placement.ended_at, placement.ended_by, placement.end_code = clock.now(), by, code
    placement.save(update_fields=["state", "ended_at", "ended_by", "end_code"])
