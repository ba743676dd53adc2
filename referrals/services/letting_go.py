"""Taking back what is open of a referral, before it closes or before she stays where she is.

The caller holds the referral's locks.
"""

from core.actors import Actor
from referrals import codes
from referrals.locks import Locked
from referrals.messages import topics
from referrals.messages.send import tell_therapist_of_offer
from referrals.services.entries import entry_step
from referrals.services.moving import offer_back, offer_close
from referrals.services.setting_aside import entries_end_all


def what_is_open_let_go(*, locked: Locked, actor: Actor) -> None:
    """Take back a request, with notice to its therapist, or a place that is offered; leave every waiting list."""
    offer = locked.offer
    if offer is not None and offer.entry is not None:
        offer_back(offer=offer, action="withdraw", actor=actor)
        entry_step(entry=offer.entry, action="back")
    elif offer is not None:
        offer_close(locked=locked, offer=offer, action="withdraw", choice_action="take_back", actor=actor)
        tell_therapist_of_offer(topic=topics.REQUEST_WITHDRAWN, offer=offer)
    entries_end_all(locked=locked, code=codes.REFERRAL_CLOSED)
