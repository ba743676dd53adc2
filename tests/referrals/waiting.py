"""People on waiting lists, for tests: everything through the services, as it happens in life."""

from core import clock
from referrals.models import Offer, Placement, Referral, WaitingListEntry
from referrals.services.asks import ask_agree, ask_interest
from referrals.services.offer_times import offer_told
from referrals.services.placements import placement_end
from referrals.tasks import tick
from tests.factories import make_place, make_therapist
from tests.referrals.given import accepted, actor_of, met, sent
from therapists.models import Place, Therapist
from therapists.selectors.places import free_counts

State = WaitingListEntry.State


def full(therapist: Therapist, limit: int = 10) -> Therapist:
    """Open her list, and let somebody she meets have every place of hers."""
    Therapist.objects.filter(pk=therapist.pk).update(list_limit=limit)
    while free_counts([therapist.pk], as_of=clock.now()):
        met(therapist)
    therapist.refresh_from_db()
    return therapist


def waits(*therapists: Therapist, **changes) -> Referral:
    """Somebody new who chose these, would wait for each, and sent it."""
    chosen = [{"therapist": one.pk, "will_wait": True} for one in therapists]
    return sent(*therapists, choices=chosen, **changes)


def entry_with(referral: Referral, therapist: Therapist) -> WaitingListEntry:
    return WaitingListEntry.objects.filter(referral=referral, therapist=therapist).latest("pk")


def agrees(referral: Referral, therapist: Therapist) -> WaitingListEntry:
    """She says yes, in both steps, to whoever asks to wait for her."""
    entry = entry_with(referral, therapist)
    ask_interest(entry=entry, actor=actor_of(therapist))
    ask_agree(entry=entry_with(referral, therapist), actor=actor_of(therapist))
    return entry_with(referral, therapist)


def listed(*therapists: Therapist, **changes) -> Referral:
    """Somebody new on the lists of these, each of whom has agreed."""
    referral = waits(*therapists, **changes)
    for therapist in therapists:
        agrees(referral, therapist)
    return referral


def place_freed(therapist: Therapist) -> Place:
    """Somebody finishes with her, and the place is offered again at once."""
    placement = Placement.objects.filter(therapist=therapist).exclude(state="ended").earliest("pk")
    placement_end(placement=placement, code="completed", place_then="now", actor=actor_of(therapist))
    return placement.claim.place


def offered(referral: Referral) -> Offer | None:
    return Offer.objects.filter(referral=referral, state="open", awaiting="client").first()


def told(referral: Referral) -> Offer:
    """The tick offers a place, and the message is handed over now."""
    tick()
    offer = offered(referral)
    assert offer is not None, "no place was offered"
    offer_told(offer_id=offer.pk, at=clock.now())
    offer.refresh_from_db()
    return offer


__all__ = [
    "Placement",
    "State",
    "accepted",
    "agrees",
    "entry_with",
    "full",
    "listed",
    "make_place",
    "make_therapist",
    "offered",
    "place_freed",
    "told",
    "waits",
]
