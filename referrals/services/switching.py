"""A change of therapist without fault. The old placement goes on until she meets somebody else, or it is ended."""

from core.actors import Actor
from referrals import codes
from referrals.locks import Locked
from referrals.messages import topics
from referrals.messages.send import tell_therapist_of_placement
from referrals.services.events import placement_step
from therapists.services.places import claim_release, place_offer_from


def old_placement_end(*, locked: Locked, actor: Actor) -> None:
    """End what she is leaving, if there is something: its place is offered again when that therapist says so."""
    old = locked.leaving
    if old is None:
        return
    placement_step(placement=old, action="end", by=old.leaving_by, code=codes.SWITCHED)
    claim_release(claim=old.claim, reason=codes.SWITCHED, actor=actor)
    place_offer_from(place=old.claim.place, available_from=None, actor=actor)
    tell_therapist_of_placement(topic=topics.PLACEMENT_ENDED, placement=old)
