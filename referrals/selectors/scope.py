"""Who may see which referral, request and placement. Views reach rows through these only; out of scope is 404."""

from django.db.models import Q, QuerySet

from core import clock
from core.actors import Actor
from core.choices import Role
from referrals.models import Offer, Placement, Referral

STAFF = (Role.COORDINATOR, Role.SAFETY_CLINICIAN)


def referrals_visible_to(actor: Actor) -> QuerySet[Referral]:
    """Coordinators and safety clinicians see all, a client her own, and nobody else any.

    A therapist reaches what she may know through a request's summary or a placement, never through the referral.
    """
    rows = Referral.objects.select_related("client", "funder")
    if actor.holds(*STAFF):
        return rows
    if actor.client_id is not None:
        return rows.filter(client_id=actor.client_id)
    return rows.none()


def offers_visible_to(actor: Actor) -> QuerySet[Offer]:
    """A therapist sees requests that wait for her answer now: all access ends with her no, or with the time."""
    rows = Offer.objects.select_related("referral", "therapist")
    if actor.user_id is None or not actor.holds(Role.THERAPIST):
        return rows.none()
    return rows.filter(
        therapist__user_id=actor.user_id,
        awaiting=Offer.Awaiting.THERAPIST,
        state=Offer.State.OPEN,
        expires_at__gte=clock.now(),
    ).order_by("expires_at", "pk")


def placements_visible_to(actor: Actor) -> QuerySet[Placement]:
    """A therapist sees the people she meets and those she has worked with; somebody she only met ends with the meeting.

    Coordinators and safety clinicians see all, a client her own.
    """
    rows = Placement.objects.select_related("referral", "therapist", "client", "claim__place").order_by("-pk")
    if actor.holds(*STAFF):
        return rows
    if actor.client_id is not None:
        return rows.filter(client_id=actor.client_id)
    if actor.user_id is None or not actor.holds(Role.THERAPIST):
        return rows.none()
    live_or_worked = ~Q(state=Placement.State.ENDED) | Q(
        client_go_ahead_at__isnull=False, therapist_go_ahead_at__isnull=False
    )
    return rows.filter(live_or_worked, therapist__user_id=actor.user_id)
