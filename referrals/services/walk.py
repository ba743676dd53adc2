"""The walk: from the first choice not yet tried, ask whoever can be asked now, and wait for whom she would wait for."""

import datetime
from collections import Counter

from django.db import transaction
from django.db.models import Q

from clients.preferences import Stated
from core import clock
from core.actors import Actor
from referrals import clocks, codes
from referrals.fit import place_suits
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_offer
from referrals.models import Choice, Exclusion, Offer, Referral, WaitingListEntry
from referrals.selectors.calls import call_before_telling
from referrals.selectors.lists import entries_of
from referrals.selectors.queue import spare
from referrals.services.asking import entry_join
from referrals.services.entries import entry_end, next_while_waiting
from referrals.services.events import choice_step, referral_step
from therapists.models import Contract, Therapist
from therapists.queue import queues_recount
from therapists.selectors.standing import new_people_left, standing_for
from therapists.services.places import NoFreePlace, place_hold

OFFER_HOLDER = "offer"


def referral_walk(*, locked: Locked, actor: Actor) -> Offer | None:
    """Send the request to the first choice not yet tried who is listed, fundable and has a place for a newcomer.

    Whoever stands above her on the list and is full is waited for, if the client said so. Nobody to ask and somebody to
    wait for: the referral waits. The caller holds the locks and the referral is choosing. Whoever cannot be asked now
    stays untried, so that a later walk finds her again. Returns None when nobody was asked, and while a human has to
    speak with the client first.
    """
    referral, now = locked.referral, clock.now()
    call = call_before_telling(referral)
    if call is not None:
        referral.action_owner, referral.due_at = Referral.Owner.COORDINATOR, call.due_at
        referral.save(update_fields=["action_owner", "due_at"])
        return None
    choices = list(referral.choices.filter(round=referral.round, state=Choice.State.UNTRIED).order_by("rank"))
    choices = [choice for choice in choices if choice.therapist_id in locked.therapists]
    ids = [choice.therapist_id for choice in choices]
    # A "not before" may have passed since the last tick: whoever waits is counted as of now, so that nobody overtakes.
    queues_recount(therapist_ids=[pk for pk in ids if locked.therapists[pk].list_entries])
    standings = standing_for(ids, as_of=now)
    barred = excluded_ids(referral, ids) | unpaid_ids(referral, ids)
    spoken_for = limit_spoken_for([locked.therapists[pk] for pk in ids], now)
    entries = {entry.therapist_id: entry for entry in entries_of(referral)}
    for choice in choices:
        found, entry = standings[choice.therapist_id], entries.get(choice.therapist_id)
        if choice.therapist_id in barred:
            continue
        new = entry is None or (entry.state == WaitingListEntry.State.ASKED and entry.agreed_at is None)
        askable = new and found.has_place and choice.therapist_id not in spoken_for
        if askable and (offer := _ask(locked, choice.therapist_id, now, actor, entry)):
            return offer
        if entry is None and choice.will_wait and found.accepts_waiting:
            entry_join(locked=locked, therapist_id=choice.therapist_id, rank=choice.rank, actor=actor)
    if entries_of(referral):
        owner, due_at = next_while_waiting(referral)
        referral_step(referral=referral, action="wait", actor=actor, owner=owner, due_at=due_at)
    return None


def lists_join_above(*, locked: Locked, actor: Actor) -> None:
    """Wait for whoever stands above the therapist who is being asked, is full, and would be waited for."""
    referral = locked.referral
    choices = list(referral.choices.filter(round=referral.round).order_by("rank"))
    asked = next((choice.rank for choice in choices if choice.state == Choice.State.ASKED), 0)
    wanted = [c for c in choices if c.rank < asked and c.will_wait and c.state == Choice.State.UNTRIED]
    ids = [choice.therapist_id for choice in wanted if choice.therapist_id in locked.therapists]
    standings = standing_for(ids, as_of=clock.now())
    barred = excluded_ids(referral, ids) | unpaid_ids(referral, ids)
    barred |= {entry.therapist_id for entry in entries_of(referral)}
    for choice in wanted:
        found = standings.get(choice.therapist_id)
        if found is not None and found.accepts_waiting and choice.therapist_id not in barred:
            entry_join(locked=locked, therapist_id=choice.therapist_id, rank=choice.rank, actor=actor)


def referral_rewalk(*, referral: Referral, actor: Actor) -> Offer | None:
    """Somebody who waits asks whether anybody on her list can be asked now. Raises NotAllowed."""
    with referral_locked(referral.pk) as locked:
        event = referral_step(referral=locked.referral, action="rewalk", actor=actor)
        following = referral_walk(locked=locked, actor=actor)
        if following is not None:
            tell_client(topic=topics.ASKED, referral=locked.referral, event=event, next=following.pk)
        return following


def _ask(
    locked: Locked, therapist_id: int, now: datetime.datetime, actor: Actor, entry: WaitingListEntry | None
) -> Offer | None:
    """Hold a place and put the request to her; None when the last place went while we looked.

    `entry`: she was being asked about her list; now she is asked about a place instead.
    """
    referral = locked.referral
    therapist = locked.therapists[therapist_id]
    expires_at = clocks.answer_due(therapist, now)
    stated = Stated.from_canonical(referral.preferences.data)
    left_over = spare(therapist_id, now=now) if therapist.list_entries else None
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
                suits=lambda place: place_suits(stated, place) and (left_over is None or left_over(place)),
            )
            offer.save(update_fields=["claim"])
    except NoFreePlace:
        return None
    if entry is not None:
        entry_end(entry=entry, action="leave", code=codes.ASKED_DIRECTLY)
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


def limit_spoken_for(therapists: list[Therapist], now: datetime.datetime) -> set[int]:
    """Return who would go over her monthly limit if she said yes to every request that waits for her already."""
    today = clock.today()
    left = {row.pk: room for row in therapists if (room := new_people_left(row, today)) is not None}
    if not left:
        return set()
    waiting = Offer.objects.filter(therapist_id__in=left, state=Offer.State.OPEN, expires_at__gte=now)
    asked = Counter(waiting.values_list("therapist_id", flat=True))
    return {pk for pk, room in left.items() if asked[pk] >= room}


def unpaid_ids(referral: Referral, ids: list[int]) -> set[int]:
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
