"""What a therapist does with a request. Her yes has two steps: she could take this, then a check that she knows nobody.

Any act of hers confirms that she is there and sets unanswered requests back to none.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from core import clock
from core.actors import Actor
from core.audit import record_write
from referrals import clocks, codes
from referrals.errors import NotListed, OfferGone
from referrals.locks import Locked, referral_locked
from referrals.models import Exclusion, Offer, Placement, Referral
from referrals.services.beginning import meeting_begin
from referrals.services.events import referral_step
from referrals.services.moving import request_no, require_open
from referrals.transitions import REFERRAL, NotAllowed
from therapists.selectors.standing import standing
from therapists.services.listing import therapist_confirm
from therapists.services.places import HoldExpired, claim_extend


@contextmanager
def _her_request(offer: Offer, actor: Actor) -> Iterator[tuple[Locked, Offer]]:
    """Lock, read again, and require that the request still waits for her. Raises OfferGone."""
    with referral_locked(offer.referral_id) as locked:
        fresh = require_open(locked.offer, offer.pk)
        if fresh.awaiting != Offer.Awaiting.THERAPIST:
            raise OfferGone
        therapist_confirm(therapist_id=fresh.therapist_id, actor=actor)
        yield locked, fresh


def request_seen(*, offer: Offer, actor: Actor) -> None:
    """Note when the request was first opened. Opening a page answers nothing and confirms nothing."""
    seen = Offer.objects.filter(pk=offer.pk, seen_at__isnull=True).update(seen_at=clock.now())
    if seen:
        record_write(actor=actor, verb="request_seen", obj_type="offer", obj_id=offer.pk)


def request_interest(*, offer: Offer, actor: Actor) -> Offer:
    """She could take this: name, age and area are shown now, and she has until the end of her next working day at
    least. Raises OfferGone, NotListed. Pressing twice changes nothing.
    """
    with _her_request(offer, actor) as (locked, fresh):
        if fresh.interested_at is not None:
            return fresh
        _require_listed(fresh)
        now = clock.now()
        check_due = clocks.conflict_check_due(locked.therapists[fresh.therapist_id], now)
        fresh.interested_at, fresh.expires_at = now, max(fresh.expires_at, check_due)
        _extend(fresh, actor)
        fresh.save(update_fields=["interested_at", "expires_at"])
        referral_step(
            referral=locked.referral,
            action="interest",
            actor=actor,
            owner=Referral.Owner.THERAPIST,
            due_at=fresh.expires_at,
            detail={"offer": fresh.pk, "therapist": fresh.therapist_id},
        )
        return fresh


def request_offer_meeting(*, offer: Offer, actor: Actor) -> Placement:
    """Offer a first meeting: the place is taken and the two get each other's details.

    Raises OfferGone (the hold ran out, even if nothing marked it), NotListed, NotAllowed before the check for people
    she knows.
    """
    with _her_request(offer, actor) as (locked, fresh):
        if fresh.interested_at is None:
            raise NotAllowed(REFERRAL.name, locked.referral.state, "accept")
        _require_listed(fresh)
        return meeting_begin(locked=locked, offer=fresh, actor=actor)


def request_decline(*, offer: Offer, code: str, actor: Actor) -> None:
    """Say no with a code of DECLINE_CODES; the next choice is asked at once. Raises OfferGone, ValueError."""
    if code not in codes.DECLINE_CODES:
        raise ValueError(code)
    with _her_request(offer, actor) as (locked, fresh):
        request_no(locked=locked, offer=fresh, code=code, actor=actor)


def request_known_person(*, offer: Offer, actor: Actor) -> None:
    """She knows the person or someone close: no detail, never counted, never explained, never asked again.

    Raises OfferGone.
    """
    with _her_request(offer, actor) as (locked, fresh):
        Exclusion.objects.get_or_create(
            client=locked.referral.client,
            therapist_id=fresh.therapist_id,
            side=Exclusion.Side.THERAPIST,
            defaults={"at": clock.now()},
        )
        request_no(locked=locked, offer=fresh, code=codes.KNOWN, actor=actor)


def _extend(offer: Offer, actor: Actor) -> None:
    if offer.claim is None:
        raise OfferGone
    try:
        claim_extend(claim=offer.claim, expires_at=offer.expires_at, actor=actor)
    except HoldExpired as error:
        raise OfferGone from error


def _require_listed(offer: Offer) -> None:
    """Raises NotListed. Her own act has just confirmed her, so only what she cannot mend by answering is left. A late
    renewal stops new requests only."""
    found = standing(offer.therapist_id, as_of=clock.now())
    late = {"no_active_registration"} if found.renewing else set()
    if reasons := [reason for reason in found.reasons if reason not in late]:
        raise NotListed(reasons)
