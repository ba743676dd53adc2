"""Somebody she likes better has a place now: the request that nobody has begun to answer is taken back for it."""

from django.db import transaction

from core.actors import Actor
from referrals.locks import Locked, lock_referral
from referrals.messages import topics
from referrals.messages.send import tell_therapist_of_offer
from referrals.models import Offer, Referral
from referrals.services.entries import next_while_waiting
from referrals.services.events import referral_step
from referrals.services.moving import offer_close
from referrals.services.offering import Pair, offers_open


class _Changed(Exception):
    pass


def request_give_way(*, pair: Pair, actor: Actor) -> bool:
    """Take the open request back, which is never counted against that therapist, and offer the place. False, with
    nothing done, when somebody was faster."""
    try:
        with transaction.atomic():
            locked = lock_referral(pair.row.referral)
            offer, referral = locked.offer, locked.referral
            if referral.state != Referral.State.REQUESTED or offer is None or offer.interested_at is not None:
                raise _Changed
            _request_back(locked, offer, actor)
            if not offers_open(pairs=[pair], actor=actor):
                raise _Changed
    except _Changed:
        return False
    return True


def _request_back(locked: Locked, offer: Offer, actor: Actor) -> None:
    offer_close(locked=locked, offer=offer, action="withdraw", choice_action="take_back", actor=actor)
    detail = {"offer": offer.pk, "therapist": offer.therapist_id}
    referral_step(referral=locked.referral, action="take_back", actor=actor, detail=detail)
    tell_therapist_of_offer(topic=topics.REQUEST_WITHDRAWN, offer=offer)
    owner, due_at = next_while_waiting(locked.referral)
    referral_step(referral=locked.referral, action="wait", actor=actor, owner=owner, due_at=due_at)
