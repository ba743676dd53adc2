"""A yes has been said: the place is taken, a first meeting is due, and everything else of the referral is set aside."""

from typing import Any

from core import clock
from core.actors import Actor
from referrals import clocks
from referrals.errors import OfferGone
from referrals.locks import Locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_placement
from referrals.models import Offer, Placement, Referral
from referrals.services.calls import CALLS, calls_cancel
from referrals.services.events import choice_step, offer_step, referral_step
from referrals.services.setting_aside import entries_set_aside
from referrals.services.switching import old_placement_end
from therapists.services.listing import new_person_count
from therapists.services.places import HoldExpired, claim_occupy

PLACEMENT_HOLDER = "placement"


def meeting_begin(*, locked: Locked, offer: Offer, actor: Actor) -> Placement:
    """Turn an open offer into a placement, whoever said the yes, and tell both how to meet. The caller has looked at
    her standing under the lock. Raises OfferGone when the hold has run out.
    """
    referral = locked.referral
    # Whom she was still seeing: with the new yes it ends, and both messages and timeline say so.
    left: dict[str, Any] = {"left": locked.leaving.therapist_id} if locked.leaving is not None else {}
    old_placement_end(locked=locked, actor=actor)
    placement = _placement_begin(locked, offer, actor)
    offer_step(offer=offer, action="accept")
    choice_step(referral=referral, therapist_id=offer.therapist_id, action="accept")
    aside = entries_set_aside(locked=locked, met_through=offer.entry)
    referral.noes_in_a_row = 0
    referral.save(update_fields=["noes_in_a_row"])
    event = referral_step(
        referral=referral,
        action="accept",
        actor=actor,
        owner=Referral.Owner.THERAPIST,
        due_at=placement.contact_due_at,
        detail={"offer": offer.pk, "therapist": offer.therapist_id, "placement": placement.pk, **left},
    )
    new_person_count(therapist_id=offer.therapist_id, actor=actor)
    calls_cancel(referral=referral, kinds_=CALLS, actor=actor)
    tell_client(topic=topics.MEETING, referral=referral, event=event, placement=placement.pk, lists=aside, **left)
    tell_therapist_of_placement(topic=topics.CONTACT_READY, placement=placement)
    return placement


def _placement_begin(locked: Locked, offer: Offer, actor: Actor) -> Placement:
    now = clock.now()
    if offer.claim is None:
        raise OfferGone
    placement = Placement.objects.create(
        referral=locked.referral,
        therapist_id=offer.therapist_id,
        client=locked.referral.client,
        claim=offer.claim,
        created_at=now,
        contact_due_at=clocks.first_contact_due(locked.therapists[offer.therapist_id], now),
    )
    try:
        claim_occupy(claim=offer.claim, holder_type=PLACEMENT_HOLDER, holder_id=placement.pk, actor=actor)
    except HoldExpired as error:
        raise OfferGone from error
    return placement
