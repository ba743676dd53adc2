"""A request that never reached the therapist does not wait for her answer: it is passed on, and never counted.

Whoever gets the message's own task finds out what is wrong with the address (notifications.kinds); the client does not
wait for that.
"""

from core import clock
from core.actors import system
from referrals.locks import referral_locked
from referrals.messages import topics
from referrals.models import Offer
from referrals.selectors.undelivered import undelivered_requests
from referrals.services.events import referral_step
from referrals.services.moving import move_on, no_counted, offer_close

TICK = system("tick")
CODE = "not_reached"


def request_pass_on(offer_id: int) -> bool:
    """Take back a request that did not arrive, and ask the next. False when she has seen or answered it meanwhile, or
    when the message has gone out after all."""
    with referral_locked(Offer.objects.values_list("referral_id", flat=True).get(pk=offer_id)) as locked:
        offer = locked.offer
        if offer is None or offer.pk != offer_id or offer_id not in undelivered_requests(clock.now()):
            return False
        offer_close(locked=locked, offer=offer, action="withdraw", choice_action="lapse", actor=TICK, code=CODE)
        no_counted(locked.referral)
        detail = {"offer": offer.pk, "therapist": offer.therapist_id}
        event = referral_step(referral=locked.referral, action="unreach", actor=TICK, detail=detail)
        move_on(locked=locked, offer=offer, event=event, topic=topics.NOT_REACHED, actor=TICK)
        return True
