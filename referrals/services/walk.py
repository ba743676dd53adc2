"""The walk: from the first choice not yet tried, ask whoever can be asked now."""

import datetime
from collections import Counter
from functools import partial

from django.db import transaction
from django.db.models import Q

from clients.preferences import Stated
from core import clock
from core.actors import Actor
from referrals import clocks
from referrals.fit import place_suits
from referrals.locks import Locked
from referrals.messages import topics
from referrals.messages.send import tell_therapist_of_offer
from referrals.models import Choice, Exclusion, Offer, Referral
from referrals.selectors.calls import call_before_telling
from referrals.services.events import choice_step, referral_step
from therapists.models import Contract, Therapist
from therapists.selectors.standing import new_people_left, standing_for
from therapists.services.places import NoFreePlace, place_hold

OFFER_HOLDER = "offer"


def referral_walk(*, locked: Locked, actor: Actor) -> Offer | None:
    """Send the request to the first choice not yet tried who is listed, fundable and has a place for a newcomer.

    The caller holds the locks and the referral is choosing. Whoever cannot be asked now stays untried, so that a later
    walk finds her again. Returns None when nobody can be asked, and while a human has to speak with the client first.
    """
    referral, now = locked.referral, clock.now()
    if call_before_telling(referral) is not None:
        return None
    choices = list(referral.choices.filter(round=referral.round, state=Choice.State.UNTRIED).order_by("rank"))
    choices = [choice for choice in choices if choice.therapist_id in locked.therapists]
    ids = [choice.therapist_id for choice in choices]
    standings = standing_for(ids, as_of=now)
    barred = excluded_ids(referral, ids) | _unpaid_ids(referral, ids)
    barred |= _limit_spoken_for([locked.therapists[pk] for pk in ids], now)
    for choice in choices:
        if choice.therapist_id in barred or not standings[choice.therapist_id].has_place:
            continue
        if offer := _ask(locked, choice.therapist_id, now, actor):
            return offer
    return None


def _ask(locked: Locked, therapist_id: int, now: datetime.datetime, actor: Actor) -> Offer | None:
    """Hold a place and put the request to her; None when the last place went while we looked."""
    referral = locked.referral
    expires_at = clocks.answer_due(locked.therapists[therapist_id], now)
    try:
        with transaction.atomic():
            offer = Offer.objects.create(
                referral=referral,
                therapist_id=therapist_id,
                awaiting=Offer.Awaiting.THERAPIST,
                opened_at=now,
                expires_at=expires_at,
            )
            offer.claim = place_hold(
                therapist_id=therapist_id,
                holder_type=OFFER_HOLDER,
                holder_id=offer.pk,
                expires_at=expires_at,
                actor=actor,
                suits=partial(place_suits, Stated.from_canonical(referral.preferences.data)),
            )
            offer.save(update_fields=["claim"])
    except NoFreePlace:
        return None
    choice_step(referral=referral, therapist_id=therapist_id, action="ask")
    referral_step(
        referral=referral,
        action="ask",
        actor=actor,
        owner=Referral.Owner.THERAPIST,
        due_at=expires_at,
        detail={"offer": offer.pk, "therapist": therapist_id},
    )
    tell_therapist_of_offer(topic=topics.REQUEST_NEW, offer=offer)
    return offer


def excluded_ids(referral: Referral, ids: list[int]) -> set[int]:
    """Return which of these must not be put together with the client, whoever said so."""
    rows = Exclusion.objects.filter(client_id=referral.client_id, therapist_id__in=ids)
    return set(rows.values_list("therapist_id", flat=True))


def _limit_spoken_for(therapists: list[Therapist], now: datetime.datetime) -> set[int]:
    """Return who would go over her monthly limit if she said yes to every request that waits for her already."""
    today = clock.today()
    left = {row.pk: room for row in therapists if (room := new_people_left(row, today)) is not None}
    if not left:
        return set()
    waiting = Offer.objects.filter(therapist_id__in=left, state=Offer.State.OPEN, expires_at__gte=now)
    asked = Counter(waiting.values_list("therapist_id", flat=True))
    return {pk for pk, room in left.items() if asked[pk] >= room}


def _unpaid_ids(referral: Referral, ids: list[int]) -> set[int]:
    """Return which of these the referral's funding does not cover today."""
    if referral.funder_id is None:
        agreed = referral.fee_snapshot.get("therapists", {})
        return {pk for pk in ids if agreed.get(str(pk), {}).get("fee_pence") is None}
    today = clock.today()
    in_force = Contract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        funder_id=referral.funder_id,
        starts_on__lte=today,
        therapist_id__in=ids,
    )
    return set(ids) - set(in_force.values_list("therapist_id", flat=True))
