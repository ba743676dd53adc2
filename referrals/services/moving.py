"""After an answer: close the request, ask the next, and tell the client both halves in one message."""

import datetime
from typing import Any

from core import clock
from core.actors import Actor
from core.choices import Role
from referrals import clocks, codes, kinds
from referrals.errors import OfferGone
from referrals.locks import Locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_offer
from referrals.models import Offer, Referral, ReferralEvent
from referrals.services.calls import call_after_noes, call_open
from referrals.services.events import choice_step, offer_step, referral_step
from referrals.services.walk import referral_walk
from therapists.services.places import claim_release


def offer_back(*, offer: Offer, action: str, actor: Actor, code: str = "") -> None:
    """Close an open offer without a yes, and free its place."""
    offer_step(offer=offer, action=action, code=code)
    if offer.claim is not None:
        claim_release(claim=offer.claim, reason=action, actor=actor)


def offer_close(*, locked: Locked, offer: Offer, action: str, choice_action: str, actor: Actor, code: str = "") -> None:
    """Close a request, give its place back, and write on the client's list what came of it."""
    offer_back(offer=offer, action=action, actor=actor, code=code)
    choice_step(referral=locked.referral, therapist_id=offer.therapist_id, action=choice_action)


def move_on(
    *, locked: Locked, offer: Offer, event: ReferralEvent, topic: str, actor: Actor, **said: Any
) -> Offer | None:
    """Walk, open the calls that are due, and tell the client what happened and what comes next."""
    following = referral_walk(locked=locked, actor=actor)
    call = call_after_noes(referral=locked.referral, actor=actor)
    detail = {"offer": offer.pk, "next": following.pk if following else None, **said}
    if call is not None:
        detail.setdefault("call_by", call.due_at.isoformat())
    tell_client(topic=topic, referral=locked.referral, event=event, **detail)
    return following


def no_counted(referral: Referral) -> None:
    """Count one more no or silence in a row."""
    referral.noes_in_a_row += 1
    referral.save(update_fields=["noes_in_a_row"])


def request_no(*, locked: Locked, offer: Offer, code: str, actor: Actor) -> None:
    """A therapist's no. When she says the person needs more, a human calls before anything else happens."""
    offer_close(locked=locked, offer=offer, action="decline", choice_action="decline", actor=actor, code=code)
    no_counted(locked.referral)
    detail = {"offer": offer.pk, "therapist": offer.therapist_id}
    if code != codes.NEEDS_MORE:
        event = referral_step(referral=locked.referral, action="decline", actor=actor, detail=detail)
        move_on(locked=locked, offer=offer, event=event, topic=topics.NO, actor=actor)
        return
    task = call_open(
        referral=locked.referral,
        why="needs_more",
        actor=actor,
        kind=kinds.CALL_BEFORE_TELLING,
        role=Role.SAFETY_CLINICIAN,
    )
    referral_step(
        referral=locked.referral,
        action="decline",
        actor=actor,
        owner=Referral.Owner.COORDINATOR,
        due_at=task.due_at,
        detail={**detail, "call_first": task.pk},
    )


def request_silence(*, locked: Locked, offer: Offer, actor: Actor) -> None:
    """Nobody answered in time. Counting it against the therapist is the caller's part: only what reached her counts."""
    offer_close(locked=locked, offer=offer, action="lapse", choice_action="lapse", actor=actor)
    no_counted(locked.referral)
    detail = {"offer": offer.pk, "therapist": offer.therapist_id}
    event = referral_step(referral=locked.referral, action="lapse", actor=actor, detail=detail)
    move_on(locked=locked, offer=offer, event=event, topic=topics.NO_ANSWER, actor=actor)


def request_unlist(*, locked: Locked, offer: Offer, actor: Actor) -> None:
    """The therapist may not be offered to anybody now: take the request back, ask the next, and call the client."""
    offer_close(locked=locked, offer=offer, action="withdraw", choice_action="unlist", actor=actor, code="unlisted")
    detail = {"offer": offer.pk, "therapist": offer.therapist_id}
    event = referral_step(referral=locked.referral, action="unlist", actor=actor, detail=detail)
    tell_therapist_of_offer(topic=topics.REQUEST_WITHDRAWN, offer=offer)
    call = call_open(referral=locked.referral, why="therapist_unlisted", actor=actor)
    call_by = call.due_at.isoformat()
    move_on(locked=locked, offer=offer, event=event, topic=topics.UNLISTED, actor=actor, call_by=call_by)


def require_open(offer: Offer | None, wanted_pk: int, *, now: datetime.datetime | None = None) -> Offer:
    """Return the offer when it is the referral's open one and its time is not over. Raises OfferGone.

    The window is half open: at the very second of its expiry it may still be answered.
    """
    if offer is None or offer.pk != wanted_pk or offer.expires_at < (now or clock.now()):
        raise OfferGone
    return offer


def choosing_due(referral: Referral) -> datetime.datetime:
    """Return when a choosing referral goes to the coordinator: one clock, whatever led here."""
    return (referral.choosing_since or clock.now()) + clocks.CHOOSING_LASTS
