"""What time does to a place that is offered: told, not told, half over, over; and what becomes of it when its therapist
may not be offered to anybody now.
"""

from contextlib import AbstractContextManager
from datetime import datetime

from core import clock
from core.actors import Actor, system
from core.choices import Role
from referrals import clocks, codes, kinds
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import Offer, Referral, ReferralEvent, WaitingListEntry
from referrals.services.asks import entry_park
from referrals.services.calls import call_open
from referrals.services.dropping import entry_drop
from referrals.services.entries import entry_step
from referrals.services.events import referral_step
from referrals.services.moving import move_on, offer_back
from therapists.services.places import HoldExpired, claim_extend

TICK = system("tick")
# So many places in a row without an answer, and the entry is parked until somebody has asked her.
LAPSES_BEFORE_PARKING = 2


def offer_told(*, offer_id: int, at: datetime, channel: str = "") -> bool:
    """The message was handed over at `at`: her time to answer starts. Once; a second hand-over changes nothing.

    `channel`: the one it really took; empty: the one she has now.
    """
    with _of(offer_id) as locked:
        offer = _open(locked, offer_id)
        if offer is None or offer.told_at is not None:
            return False
        offer.told_at, offer.bounced_at = at, None
        _until(locked, offer, clocks.client_answer_due(locked.referral.client, at, channel=channel), "told")
        return True


def offer_not_told(*, offer_id: int) -> bool:
    """The message did not arrive: her clock stops, the place stays held for now, and a person calls."""
    with _of(offer_id) as locked:
        offer = _open(locked, offer_id)
        if offer is None or offer.bounced_at is not None:
            return False
        referral, now = locked.referral, clock.now()
        offer.told_at, offer.bounced_at = None, now
        call_open(referral=referral, why="place_not_told", actor=TICK, kind=kinds.OFFER_NOT_TOLD, role=Role.COORDINATOR)
        _until(locked, offer, clocks.untold_until(referral.client, now), "bounce")
        return True


def offer_half_over(offer_id: int) -> bool:
    """Half her time is over: she is reminded once."""
    with _of(offer_id) as locked:
        offer = _open(locked, offer_id)
        if offer is None or offer.told_at is None or offer.reminded_at is not None:
            return False
        offer.reminded_at = clock.now()
        offer.save(update_fields=["reminded_at"])
        event = _step(locked, offer, "remind_offer")
        tell_client(topic=topics.PLACE_REMINDER, referral=locked.referral, event=event, offer=offer.pk)
        return True


def place_lapse(*, locked: Locked, offer: Offer, actor: Actor) -> None:
    """Her time is over. She keeps her turn and is asked what she wants; the second time in a row a person asks.

    Whoever could not be told has not been silent: her entry is parked at once, because nothing reaches her.
    """
    entry = _entry(offer)
    offer_back(offer=offer, action="lapse", actor=actor)
    untold, until = offer.told_at is None, clock.now() + clocks.NO_OFFER_FOR
    entry_step(entry=entry, action="back", no_offer_before=until, lapses=entry.lapses + (not untold))
    event = _step(locked, offer, "lapse", no_offer_before=until.isoformat())
    if untold or entry.lapses >= LAPSES_BEFORE_PARKING:
        code = codes.PARKED_UNREACHABLE if untold else codes.PARKED_LAPSED
        entry_park(locked=locked, entry=entry, code=code, actor=actor)
    move_on(locked=locked, offer=offer, event=event, topic=topics.PLACE_LAPSED, actor=actor, entry=entry.pk)


def place_take_back(*, locked: Locked, offer: Offer, stays: bool, actor: Actor) -> None:
    """The therapist may not be offered now. `stays`: for the moment only, so the client keeps her turn; otherwise the
    entry ends as well."""
    entry = _entry(offer)
    offer_back(offer=offer, action="withdraw", actor=actor, code="unlisted")
    # The message about the place says that the list stands still, too: no second one about that.
    entry_step(entry=entry, action="back", frozen_at=clock.now() if stays else None)
    event = _step(locked, offer, "freeze" if stays else "unlist")
    if not stays:
        entry_drop(locked=locked, entry=entry, actor=actor)
    move_on(
        locked=locked, offer=offer, event=event, topic=topics.PLACE_TAKEN_BACK, actor=actor, entry=entry.pk, stays=stays
    )


def _until(locked: Locked, offer: Offer, expires_at: datetime, action: str) -> None:
    """Move the end of the offer and of its hold together, never before what a coordinator has promised. Raises
    HoldExpired when the hold has run out."""
    if offer.claim is None:
        raise HoldExpired(offer.pk)
    if ReferralEvent.objects.filter(referral=locked.referral, action="extend", detail__offer=offer.pk).exists():
        expires_at = max(expires_at, offer.expires_at)
    claim_extend(claim=offer.claim, expires_at=expires_at, actor=TICK)
    offer.expires_at = expires_at
    offer.save(update_fields=["expires_at", "told_at", "bounced_at"])
    _step(locked, offer, action)


def _step(locked: Locked, offer: Offer, action: str, **said: str) -> ReferralEvent:
    stays = action in ("told", "bounce", "remind_offer")
    owner = Referral.Owner.COORDINATOR if action == "bounce" else Referral.Owner.CLIENT
    detail = {"offer": offer.pk, "therapist": offer.therapist_id, "entry": offer.entry_id, **said}
    return referral_step(
        referral=locked.referral,
        action=action,
        actor=TICK,
        owner=owner if stays else None,
        due_at=offer.expires_at if stays else None,
        detail=detail,
    )


def _of(offer_id: int) -> AbstractContextManager[Locked]:
    return referral_locked(Offer.objects.values_list("referral_id", flat=True).get(pk=offer_id))


def _open(locked: Locked, offer_id: int) -> Offer | None:
    offer = locked.offer
    wanted = offer is not None and offer.pk == offer_id and offer.awaiting == Offer.Awaiting.CLIENT
    return offer if wanted and offer is not None and offer.expires_at >= clock.now() else None


def _entry(offer: Offer) -> WaitingListEntry:
    if offer.entry is None:
        raise TypeError("a place that is offered comes from a list")
    return offer.entry
