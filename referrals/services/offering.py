"""Opening offers to clients, many in one transaction and a few statements, under the one lock order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from core import clock
from core.actors import Actor
from notifications.services import Draft, messages_enqueue
from referrals import clocks
from referrals.locks import lock_all
from referrals.messages import topics
from referrals.models import Offer, Referral, ReferralEvent, WaitingListEntry
from referrals.selectors.freed import free_among, rooms_of
from referrals.selectors.queue import Queued, queued
from referrals.services.events import Step, referral_steps
from referrals.services.walk import OFFER_HOLDER
from therapists.models import PlaceClaim
from therapists.queue import queues_recount
from therapists.services.places import Hold, places_hold

State = WaitingListEntry.State


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody who waits, as she was when she was looked at, and the pk of a place for her."""

    row: Queued
    place: int


@transaction.atomic
def offers_open(*, pairs: Sequence[Pair], actor: Actor) -> list[Pair]:
    """Offer each its place, where under the locks everything still is as it was seen. Returns those that were.

    What is looked at again: the entry is in the queue, the referral waits, the place is free, the therapist is listed
    and has room this month. The client's time to answer starts when she is told; until then the place is held.
    """
    referral_ids = {pair.row.referral for pair in pairs}
    concerned = {therapist for _, therapist in _lists_of(referral_ids)} | {pair.row.therapist for pair in pairs}
    lock_all(therapist_ids=concerned, referral_ids=referral_ids)
    # Who has joined another list in between stands on one that is not locked: the next tick's.
    moved = {referral for referral, therapist in _lists_of(referral_ids) if therapist not in concerned}
    now = clock.now()
    good = _still_good([pair for pair in pairs if pair.row.referral not in moved], now)
    if not good:
        return []
    referrals = Referral.objects.select_related("client").in_bulk([pair.row.referral for pair in good])
    until = _held_until(referrals, now)
    offers = Offer.objects.bulk_create(_offer(pair, until[pair.row.referral], now) for pair in good)
    holds = [Hold(pair.place, offer.pk, offer.expires_at) for pair, offer in zip(good, offers, strict=True)]
    claims = places_hold(holds=holds, holder_type=OFFER_HOLDER, actor=actor)
    _claims_noted(offers, claims)
    entries = WaitingListEntry.objects.filter(pk__in=[pair.row.entry for pair in good], state=State.LISTED)
    entries.update(state=State.OFFERED, changed_at=now, no_offer_before=None)
    steps = [Step(referrals[offer.referral_id], offer.expires_at, _detail(offer)) for offer in offers]
    events = referral_steps(steps=steps, action="offer_place", owner=Referral.Owner.CLIENT, actor=actor)
    queues_recount(therapist_ids=concerned)
    _tell(offers, events, referrals)
    return good


def _still_good(pairs: Sequence[Pair], now: datetime) -> list[Pair]:
    entries = WaitingListEntry.objects.filter(pk__in=[pair.row.entry for pair in pairs])
    rows = {row.entry: row for row in queued(entries, now=now)}
    free = free_among([pair.place for pair in pairs], now)
    rooms = rooms_of(sorted({pair.row.therapist for pair in pairs}), now)
    taken: Counter[int] = Counter()
    referrals: set[int] = set()
    good = []
    for pair in pairs:
        row, therapist = rows.get(pair.row.entry), pair.row.therapist
        if row is None or not row.agreed_freshly(now) or row.referral_state != Referral.State.WAITING:
            continue
        if pair.place not in free or row.referral in referrals or taken[therapist] >= rooms.get(therapist, len(pairs)):
            continue
        taken[therapist] += 1
        referrals.add(row.referral)
        free.discard(pair.place)
        good.append(pair)
    return good


def _lists_of(referral_ids: set[int]) -> set[tuple[int, int]]:
    """Return (referral, therapist) of the lists these stand on: all of their figures change when one is offered."""
    live = WaitingListEntry.objects.filter(referral__in=referral_ids, state__in=WaitingListEntry.LIVE)
    return set(live.values_list("referral_id", "therapist_id"))


def _held_until(referrals: Mapping[int, Referral], now: datetime) -> dict[int, datetime]:
    """Return by referral how long its place is held while nobody could be told; one per nation and way."""
    known: dict[tuple[str, str], datetime] = {}
    for referral in referrals.values():
        client = referral.client
        way = (client.nation, client.contact_channel)
        if way not in known:
            known[way] = clocks.untold_until(client, now)
    return {pk: known[row.client.nation, row.client.contact_channel] for pk, row in referrals.items()}


def _claims_noted(offers: list[Offer], claims: list[PlaceClaim]) -> None:
    """Write each offer's claim beside it, all in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Offer._meta.db_table} AS o SET claim_id = c.claim"  # noqa: S608 - our own table
            " FROM unnest(%s::bigint[], %s::bigint[]) AS c (offer, claim) WHERE o.id = c.offer",
            [[offer.pk for offer in offers], [claim.pk for claim in claims]],
        )


def _offer(pair: Pair, expires_at: datetime, now: datetime) -> Offer:
    return Offer(
        referral_id=pair.row.referral,
        therapist_id=pair.row.therapist,
        entry_id=pair.row.entry,
        awaiting=Offer.Awaiting.CLIENT,
        opened_at=now,
        expires_at=expires_at,
    )


def _detail(offer: Offer) -> dict[str, int | None]:
    return {"offer": offer.pk, "therapist": offer.therapist_id, "entry": offer.entry_id}


def _tell(offers: list[Offer], events: list[ReferralEvent], referrals: dict[int, Referral]) -> None:
    drafts = []
    for offer, event in zip(offers, events, strict=True):
        client = referrals[offer.referral_id].client
        drafts.append(
            Draft(
                subject_type="referral",
                subject_id=offer.referral_id,
                recipient_type="client",
                recipient_id=client.pk,
                channel=client.contact_channel,
                dedupe_key=f"{topics.PLACE_OFFERED}:{event.pk}",
                detail={"event": event.pk, "offer": offer.pk, "entry": offer.entry_id},
            )
        )
    messages_enqueue(topic=topics.PLACE_OFFERED, drafts=drafts, respect_quiet_hours=True)
