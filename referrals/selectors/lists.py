"""Waiting lists as their people may see them: a client her own entries, a therapist her own list, the desk all."""

from django.db.models import QuerySet

from core.actors import Actor
from core.choices import Role
from referrals.models import Offer, Referral, WaitingListEntry
from referrals.selectors.scope import STAFF

OPEN = Offer.State.OPEN
# A referral's own words, which no list shows.
SEALED = ("referral__own_words", "referral__aims")


def entries_of(referral: Referral) -> list[WaitingListEntry]:
    """Return a referral's live entries, in the client's own order, each with its therapist."""
    live = WaitingListEntry.objects.filter(referral=referral, state__in=WaitingListEntry.LIVE)
    return list(live.select_related("therapist").order_by("rank", "pk"))


def entry_of(referral: Referral, therapist_id: int) -> WaitingListEntry | None:
    """Return the live entry of a referral on one therapist's list."""
    return next((entry for entry in entries_of(referral) if entry.therapist_id == therapist_id), None)


def entries_visible_to(actor: Actor) -> QuerySet[WaitingListEntry]:
    """A therapist sees who is on her list or asks to be; a client her own, ended ones too; staff all.

    What a therapist may read of somebody is the de-identified summary, never the referral.
    """
    rows = WaitingListEntry.objects.select_related("referral", "therapist")
    if actor.holds(*STAFF):
        return rows
    if actor.client_id is not None:
        return rows.filter(referral__client_id=actor.client_id)
    if actor.user_id is None or not actor.holds(Role.THERAPIST):
        return rows.none()
    return rows.filter(therapist__user_id=actor.user_id, state__in=WaitingListEntry.ON_LIST)


def own_list(actor: Actor) -> QuerySet[WaitingListEntry]:
    """Return the actor's own list as a therapist, in its order; for somebody who works on the desk too, hers alone."""
    if actor.user_id is None:
        return WaitingListEntry.objects.none()
    rows = WaitingListEntry.objects.filter(
        therapist__user_id=actor.user_id, state__in=WaitingListEntry.ON_LIST
    ).select_related("referral", "therapist")
    return rows.order_by("-priority", "referral__queue_from", "pk")


def offered_place(referral: Referral) -> Offer | None:
    """Return the place that is offered to this referral and waits for the client's answer, over or not."""
    offers = Offer.objects.filter(referral=referral, state=OPEN, awaiting=Offer.Awaiting.CLIENT)
    return offers.select_related("therapist", "entry", "claim__place__session_format", "claim__place__location").first()


def last_offered_place(referral: Referral) -> Offer | None:
    """Return the last place offered to this referral, whatever became of it."""
    offers = Offer.objects.filter(referral=referral, awaiting=Offer.Awaiting.CLIENT)
    return offers.select_related("therapist", "entry").order_by("-opened_at", "-pk").first()
