"""A changed list starts a new round; a request, a place that is offered and the entries on waiting lists stay unless
their therapist was taken off."""

from collections.abc import Sequence

from core import clock
from core.actors import Actor
from referrals import codes, kinds
from referrals.answers import MAX_CHOICES, Chosen
from referrals.errors import AlreadySaidNo, Incomplete
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_offer
from referrals.models import Choice, Exclusion, Offer, Placement, Referral, WaitingListEntry
from referrals.selectors.lists import entries_of
from referrals.services.calls import call_first_or_raise, calls_cancel
from referrals.services.entries import entry_end, entry_step
from referrals.services.events import referral_step
from referrals.services.moving import offer_back, offer_close
from referrals.services.snapshots import fees_now, match_run_for
from referrals.services.walk import lists_join_above, referral_walk
from therapists.queue import queues_recount


def choices_change(*, referral: Referral, choices: Sequence[Chosen], actor: Actor) -> Offer | None:
    """Replace the list and walk it. Returns the request now open, if any.

    Raises NotAllowed (nothing can be chosen in this state), Incomplete (an empty list), AlreadySaidNo, CallFirst.
    """
    wanted = list({chosen.therapist: chosen for chosen in choices}.values())[:MAX_CHOICES]
    ids = [chosen.therapist for chosen in wanted]
    with referral_locked(referral.pk, also=ids) as locked:
        fresh = locked.referral
        call_first_or_raise(fresh)
        wanted = [chosen for chosen in wanted if chosen.therapist in locked.therapists]
        if not wanted:
            raise Incomplete(["choices"])
        _require_askable(fresh, ids)
        kept = _kept_offer(locked, ids, actor)
        _new_round(fresh, wanted, kept)
        _entries_follow(locked, wanted)
        run = match_run_for(referral=fresh, actor=actor)
        detail = {"round": fresh.round, "match_run": run.pk}
        event = referral_step(referral=fresh, action="change_choices", actor=actor, detail=detail)
        asked = _go_on(locked, kept, actor)
        if asked is not None or fresh.state == Referral.State.WAITING:
            calls_cancel(referral=fresh, kinds_=(kinds.HELP_CHOOSE,), actor=actor)
        tell_client(topic=topics.CHOICES_CHANGED, referral=fresh, event=event, next=asked.pk if asked else None)
        return asked


def _go_on(locked: Locked, kept: Offer | None, actor: Actor) -> Offer | None:
    """Walk the new list, unless something is open: then only whoever stands above it is waited for as well."""
    referral = locked.referral
    if referral.state == Referral.State.WAITING:
        referral_step(referral=referral, action="rewalk", actor=actor)
    if referral.state == Referral.State.CHOOSING:
        return referral_walk(locked=locked, actor=actor)
    if referral.state == Referral.State.REQUESTED:
        lists_join_above(locked=locked, actor=actor)
    return kept


def choices_create(*, referral: Referral, choices: Sequence[Chosen], asked: Offer | None = None) -> None:
    """Write the list of the referral's present round."""
    now, states = clock.now(), Choice.State
    asked_id = asked.therapist_id if asked else None
    Choice.objects.bulk_create(
        Choice(
            referral=referral,
            round=referral.round,
            rank=rank,
            therapist_id=chosen.therapist,
            will_wait=chosen.will_wait,
            state=states.ASKED if chosen.therapist == asked_id else states.UNTRIED,
            changed_at=now,
        )
        for rank, chosen in enumerate(choices, start=1)
    )


def _kept_offer(locked: Locked, ids: Sequence[int], actor: Actor) -> Offer | None:
    """Return what is open when its therapist is still on the list; otherwise take it back, which never counts."""
    offer = locked.offer
    if offer is None or offer.therapist_id in ids:
        return offer
    detail = {"offer": offer.pk, "therapist": offer.therapist_id}
    if offer.entry is not None:
        offer_back(offer=offer, action="withdraw", actor=actor)
        entry_step(entry=offer.entry, action="back")
        referral_step(referral=locked.referral, action="take_back", actor=actor, detail=detail)
        return None
    offer_close(locked=locked, offer=offer, action="withdraw", choice_action="take_back", actor=actor)
    referral_step(referral=locked.referral, action="take_back", actor=actor, detail=detail)
    tell_therapist_of_offer(topic=topics.REQUEST_WITHDRAWN, offer=offer)
    return None


def _entries_follow(locked: Locked, wanted: Sequence[Chosen]) -> None:
    """Entries take the new order; whoever was taken off the list, or is not to be waited for, is not waited for."""
    places = {chosen.therapist: (rank, chosen.will_wait) for rank, chosen in enumerate(wanted, start=1)}
    for entry in entries_of(locked.referral):
        rank, will_wait = places.get(entry.therapist_id, (0, False))
        if entry.state != WaitingListEntry.State.OFFERED and not will_wait:
            entry_end(entry=entry, action="leave", code=codes.LIST_CHANGED)
        elif entry.rank != rank:
            entry.rank = rank
            entry.save(update_fields=["rank"])
            # Above or below a request that is open decides whether she could be offered a place.
            queues_recount(therapist_ids=[entry.therapist_id])


def _new_round(referral: Referral, wanted: Sequence[Chosen], kept: Offer | None) -> None:
    asked = kept if kept is not None and kept.entry_id is None else None
    agreed = dict(referral.fee_snapshot.get("therapists", {}))
    new_ids = [chosen.therapist for chosen in wanted if str(chosen.therapist) not in agreed]
    referral.fee_snapshot = {**referral.fee_snapshot, "therapists": {**agreed, **fees_now(new_ids)}}
    referral.round += 1
    referral.save(update_fields=["round", "fee_snapshot"])
    choices_create(referral=referral, choices=wanted, asked=asked)


def _require_askable(referral: Referral, ids: Sequence[int]) -> None:
    """Raises AlreadySaidNo. A therapist's or coordinator's own exclusion is not told: the walk passes her by."""
    noes = Choice.objects.filter(referral=referral, state=Choice.State.NO, therapist_id__in=ids)
    seen_now = Placement.objects.filter(referral=referral, therapist_id__in=ids).exclude(state=Placement.State.ENDED)
    own = Exclusion.objects.filter(client_id=referral.client_id, side=Exclusion.Side.CLIENT, therapist_id__in=ids)
    refused = {*noes.values_list("therapist_id", flat=True), *own.values_list("therapist_id", flat=True)}
    refused |= set(seen_now.values_list("therapist_id", flat=True))
    if refused:
        raise AlreadySaidNo(sorted(refused))
