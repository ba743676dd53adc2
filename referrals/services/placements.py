"""From the therapist's yes to the end: first contact, go ahead or not this time, ending.

Every way out of a placement ends it and releases its claim in the same transaction.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from core import clock
from core.actors import Actor
from notifications.services import messages_cancel_for
from referrals import clocks, codes, kinds
from referrals.errors import PlaceDateWrong
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_placement
from referrals.models import Placement, Referral, ReferralEvent
from referrals.services.calls import CALLS, CHASES, call_after_noes, calls_cancel
from referrals.services.events import choice_step, placement_step, referral_step
from referrals.services.setting_aside import entries_back, entries_end_all, entries_placed
from referrals.services.switching import old_end
from referrals.services.walk import referral_walk
from referrals.transitions import PLACEMENT, NotAllowed
from therapists.services.listing import therapist_confirm
from therapists.services.places import claim_release, place_offer_from

CLIENT, THERAPIST = "client", "therapist"
# What is still sent about a referral that has closed: its closing notice, and a code somebody waits for.
LAST_WORDS = (topics.CLOSED, topics.SIGN_IN_CODE)
SIDES = (CLIENT, THERAPIST)


@contextmanager
def _live(placement: Placement, actor: Actor, side: str = "") -> Iterator[tuple[Locked, Placement]]:
    """Lock, read again, and require that the placement is still the referral's live one. Raises NotAllowed."""
    with referral_locked(placement.referral_id) as locked:
        fresh = locked.placement
        if fresh is None or fresh.pk != placement.pk:
            raise NotAllowed(PLACEMENT.name, Placement.State.ENDED, "change")
        if side == THERAPIST:
            therapist_confirm(therapist_id=fresh.therapist_id, actor=actor)
        yield locked, fresh


def contact_record(*, placement: Placement, actor: Actor, meeting_at: datetime.datetime | None = None) -> None:
    """The therapist has reached the client, perhaps with a time for the first meeting. Raises NotAllowed."""
    with _live(placement, actor, THERAPIST) as (locked, fresh):
        fresh.contacted_at = fresh.contacted_at or clock.now()
        fresh.meeting_at = meeting_at or fresh.meeting_at
        fresh.save(update_fields=["contacted_at", "meeting_at"])
        referral_step(
            referral=locked.referral,
            action="contact",
            actor=actor,
            owner=Referral.Owner.THERAPIST,
            due_at=_decision_due(fresh),
            detail=_detail(fresh),
        )
        calls_cancel(referral=locked.referral, kinds_=CHASES, actor=actor)


def go_ahead(*, placement: Placement, side: str, actor: Actor) -> bool:
    """One side wants to go on. Returns True when with this both do. Saying it twice changes nothing.

    Raises NotAllowed, ValueError for an unknown side.
    """
    _require_side(side)
    with _live(placement, actor, side) as (locked, fresh):
        if fresh.state != Placement.State.MEETING:
            raise NotAllowed(PLACEMENT.name, fresh.state, "go_ahead")
        column = f"{side}_go_ahead_at"
        if getattr(fresh, column) is not None:
            return False
        setattr(fresh, column, clock.now())
        fresh.contacted_at = fresh.contacted_at or clock.now()
        fresh.save(update_fields=[column, "contacted_at"])
        if not (fresh.client_go_ahead_at and fresh.therapist_go_ahead_at):
            _one_side(locked, fresh, side, actor)
            return False
        _both(locked, fresh, actor)
        return True


def not_this_time(*, placement: Placement, side: str, actor: Actor) -> None:
    """Either side does not go on after the first meeting; no reason is asked. The next choice is asked at once.

    Raises NotAllowed, ValueError for an unknown side.
    """
    _require_side(side)
    with _live(placement, actor, side) as (locked, fresh):
        if fresh.state != Placement.State.MEETING:
            raise NotAllowed(PLACEMENT.name, fresh.state, "not_this_time")
        placement_close(locked=locked, placement=fresh, by=side, code=codes.NOT_THIS_TIME, actor=actor)
        event = referral_step(
            referral=locked.referral, action="not_this_time", actor=actor, detail={**_detail(fresh), "side": side}
        )
        back = entries_back(locked=locked, therapist_id=fresh.therapist_id, actor=actor)
        following = referral_walk(locked=locked, actor=actor)
        call = call_after_noes(referral=locked.referral, actor=actor)
        tell_client(
            topic=topics.NOT_THIS_TIME,
            referral=locked.referral,
            event=event,
            placement=fresh.pk,
            next=following.pk if following else None,
            call_by=call.due_at.isoformat() if call else None,
            lists=back,
        )
        if side == CLIENT:
            tell_therapist_of_placement(topic=topics.PLACEMENT_ENDED, placement=fresh)


def placement_end(
    *,
    placement: Placement,
    code: str,
    place_then: str,
    place_from: datetime.date | None = None,
    actor: Actor,
) -> None:
    """The therapist ends it with a code of END_CODES, and says what becomes of the place: now, from_date, not_yet.

    Raises NotAllowed, ValueError (unknown code, no date or one in the past for from_date).
    """
    if code not in codes.END_CODES:
        raise ValueError(code)
    offered_from = _offered_from(place_then, place_from)
    if placement.leaving_since is not None:
        old_end(placement=placement, place_from=offered_from, actor=actor)
        return
    with _live(placement, actor, THERAPIST) as (locked, fresh):
        entries_end_all(locked=locked, code=codes.REFERRAL_CLOSED)
        placement_close(locked=locked, placement=fresh, by=THERAPIST, code=code, actor=actor)
        place_offer_from(place=fresh.claim.place, available_from=offered_from, actor=actor)
        locked.referral.closed_code = code
        event = referral_step(referral=locked.referral, action="end", actor=actor, detail=_detail(fresh))
        closed(locked.referral, event, actor)


def placement_close(*, locked: Locked, placement: Placement, by: str, code: str, actor: Actor) -> None:
    """End the placement and free its place, in the caller's transaction. After therapy it is offered when she says."""
    claim = placement.claim
    was_meeting = placement.state == Placement.State.MEETING
    placement_step(placement=placement, action="end", by=by, code=code)
    claim_release(claim=claim, reason=code, actor=actor)
    if not was_meeting:
        place_offer_from(place=claim.place, available_from=None, actor=actor)
    choice_step(referral=locked.referral, therapist_id=placement.therapist_id, action="end")
    calls_cancel(referral=locked.referral, kinds_=CHASES, actor=actor)


def closed(referral: Referral, event: ReferralEvent, actor: Actor) -> None:
    """What every closing ends with: calls about the next step are moot, the client is told once; nobody writes to the
    dead. Whoever may need more than she was offered is called all the same, even after she has withdrawn.
    """
    calls_cancel(referral=referral, kinds_=(*CALLS, *CHASES), actor=actor)
    messages_cancel_for(subject_type="referral", subject_id=referral.pk, except_topics=LAST_WORDS, actor=actor)
    if referral.closed_code in (codes.DEATH, codes.DUPLICATE):
        calls_cancel(referral=referral, kinds_=(kinds.CALL_BEFORE_TELLING,), actor=actor)
    if referral.closed_code != codes.DEATH:
        tell_client(topic=topics.CLOSED, referral=referral, event=event)


def _one_side(locked: Locked, placement: Placement, side: str, actor: Actor) -> None:
    waits_for = Referral.Owner.THERAPIST if side == CLIENT else Referral.Owner.CLIENT
    event = referral_step(
        referral=locked.referral,
        action="say_go_ahead",
        actor=actor,
        owner=waits_for,
        due_at=_decision_due(placement),
        detail={**_detail(placement), "side": side},
    )
    if side == THERAPIST:
        tell_client(topic=topics.YOUR_TURN, referral=locked.referral, event=event, placement=placement.pk)
    else:
        tell_therapist_of_placement(topic=topics.GO_AHEAD_ASKED, placement=placement)


def _both(locked: Locked, placement: Placement, actor: Actor) -> None:
    placement_step(placement=placement, action="go_ahead")
    entries_placed(locked=locked, therapist_id=placement.therapist_id)
    event = referral_step(
        referral=locked.referral,
        action="go_ahead",
        actor=actor,
        owner=Referral.Owner.THERAPIST,
        due_at=clock.now() + clocks.REVIEW_EVERY,
        detail=_detail(placement),
    )
    calls_cancel(referral=locked.referral, kinds_=(*CALLS, *CHASES), actor=actor)
    tell_client(topic=topics.GO_AHEAD, referral=locked.referral, event=event, placement=placement.pk)
    tell_therapist_of_placement(topic=topics.BOTH_GO_AHEAD, placement=placement)


def _decision_due(placement: Placement) -> datetime.datetime:
    return placement.created_at + clocks.MEETING_LASTS


def _detail(placement: Placement) -> dict[str, int]:
    return {"placement": placement.pk, "therapist": placement.therapist_id}


def _require_side(side: str) -> None:
    if side not in SIDES:
        raise ValueError(side)


def _offered_from(place_then: str, place_from: datetime.date | None) -> datetime.date | None:
    if place_then not in codes.PLACE_THEN:
        raise ValueError(place_then)
    if place_then == "now":
        return clock.today()
    if place_then == "not_yet":
        return None
    if place_from is None or place_from < clock.today():
        raise PlaceDateWrong
    return place_from
