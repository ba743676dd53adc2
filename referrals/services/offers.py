"""A client answers about a place that is offered to her from a waiting list. Nobody is punished for silence or a no."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core import clock
from core.actors import Actor
from referrals import kinds
from referrals.errors import NotListed, OfferGone, PlaceGone
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.models import Offer, Placement, WaitingListEntry
from referrals.selectors.lists import entries_of
from referrals.services.beginning import meeting_begin
from referrals.services.calls import calls_cancel
from referrals.services.entries import entry_event, entry_step
from referrals.services.events import referral_step
from referrals.services.joining import entry_leave
from referrals.services.moving import move_on, offer_back, require_open
from referrals.services.offer_times import place_lapse
from referrals.transitions import ENTRY, NotAllowed
from therapists.queue import queues_recount
from therapists.selectors.standing import standing

State = WaitingListEntry.State
# For how many weeks she may ask not to be offered a place.
LATER_WEEKS = (2, 4, 8)


@contextmanager
def _her_offer(offer: Offer) -> Iterator[tuple[Locked, Offer, WaitingListEntry]]:
    """Lock, read again, and require that the place still waits for her. Raises PlaceGone."""
    with referral_locked(offer.referral_id) as locked:
        try:
            fresh = require_open(locked.offer, offer.pk)
        except OfferGone as gone:
            raise PlaceGone from gone
        if fresh.entry is None:
            raise PlaceGone
        yield locked, fresh, fresh.entry


def offer_accept(*, offer: Offer, actor: Actor) -> Placement:
    """Yes, a first meeting. Her other lists are set aside. Raises PlaceGone, NotListed (the therapist, just now)."""
    with _her_offer(offer) as (locked, fresh, _entry):
        found = standing(fresh.therapist_id, as_of=clock.now())
        late = {"no_active_registration"} if found.renewing else set()
        # What she counts as full for is this very place.
        if reasons := [reason for reason in found.reasons if reason not in {*late, "monthly_limit"}]:
            raise NotListed(reasons)
        try:
            return meeting_begin(locked=locked, offer=fresh, actor=actor)
        except OfferGone as gone:
            raise PlaceGone from gone


def offer_keep_place(*, offer: Offer, actor: Actor, weeks: int = 2) -> None:
    """Not this time, keep my place: nothing is offered from this list for some weeks, and her turn stays.

    Raises PlaceGone, ValueError for another number of weeks than LATER_WEEKS.
    """
    if weeks not in LATER_WEEKS:
        raise ValueError(weeks)
    with _her_offer(offer) as (locked, fresh, entry):
        until = clock.now() + datetime.timedelta(weeks=weeks)
        offer_back(offer=fresh, action="decline", actor=actor)
        entry_step(entry=entry, action="back", no_offer_before=until, lapses=0)
        detail = {**_detail(fresh), "no_offer_before": until.isoformat()}
        event = referral_step(referral=locked.referral, action="keep_place", actor=actor, detail=detail)
        move_on(locked=locked, offer=fresh, event=event, topic=topics.PLACE_KEPT, actor=actor, entry=entry.pk)


def offer_stop(*, offer: Offer, actor: Actor) -> None:
    """Stop waiting for this therapist. It can be undone for 48 waking hours. Raises PlaceGone."""
    with _her_offer(offer) as (locked, fresh, entry):
        offer_back(offer=fresh, action="decline", actor=actor)
        entry_step(entry=entry, action="back", lapses=0)
        entry_leave(locked=locked, entry=entry, actor=actor, action="stop_waiting")


def offer_late_yes(*, offer: Offer, actor: Actor) -> None:
    """She answers yes when the time is over: the next place that fits is hers in turn, and nothing is held against her.

    Raises NotAllowed when she is not on that list any more.
    """
    with referral_locked(offer.referral_id) as locked:
        still = locked.offer
        if still is not None and still.pk == offer.pk and still.expires_at < clock.now():
            # No tick has come by since.
            place_lapse(locked=locked, offer=still, actor=actor)
        entry = WaitingListEntry.objects.get(offers=offer)
        if entry.state == State.PARKED:
            entry_step(entry=entry, action="unpark", no_offer_before=None, lapses=0, code="")
            _parked_call_off(locked, actor)
        elif entry.state == State.LISTED:
            entry.no_offer_before, entry.lapses = None, 0
            entry.save(update_fields=["no_offer_before", "lapses"])
            queues_recount(therapist_ids=[entry.therapist_id])
        else:
            raise NotAllowed(ENTRY.name, entry.state, "late_yes")
        entry_event(referral=locked.referral, action="late_yes", entry=entry, actor=actor, offer=offer.pk)


def _parked_call_off(locked: Locked, actor: Actor) -> None:
    """She has said herself what somebody was to find out."""
    if all(entry.state != State.PARKED for entry in entries_of(locked.referral)):
        calls_cancel(referral=locked.referral, kinds_=(kinds.PARKED_ENTRY,), actor=actor)


def _detail(offer: Offer) -> dict[str, Any]:
    return {"offer": offer.pk, "therapist": offer.therapist_id, "entry": offer.entry_id}
