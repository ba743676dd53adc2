"""Asking a therapist whether somebody may wait for her. The caller holds the referral's locks."""

from clients.preferences import Stated
from core import clock
from core.actors import Actor
from referrals import clocks
from referrals.fit import needs_of
from referrals.locks import Locked
from referrals.messages import topics
from referrals.messages.send import tell_therapist_of_entry, tell_therapist_of_list
from referrals.models import WaitingListEntry
from referrals.services.entries import entry_event, entry_step
from therapists.queue import queues_recount


def entry_join(*, locked: Locked, therapist_id: int, rank: int, actor: Actor) -> WaitingListEntry:
    """Put a referral on a therapist's list and ask her. Whether the list takes anybody is the caller's to look at."""
    referral, now = locked.referral, clock.now()
    needs = needs_of(Stated.from_canonical(referral.preferences.data))
    entry = WaitingListEntry.objects.create(
        referral=referral,
        therapist_id=therapist_id,
        rank=rank,
        hours=needs.hours,
        formats=list(needs.formats),
        joined_at=now,
        asked_at=now,
        answer_due_at=clocks.answer_due(locked.therapists[therapist_id], now),
        changed_at=now,
    )
    queues_recount(therapist_ids=[therapist_id])
    entry_event(referral=referral, action="join_list", entry=entry, actor=actor)
    tell_therapist_of_entry(topic=topics.LIST_ASK, entry=entry)
    return entry


def entry_ask_again(*, locked: Locked, entry: WaitingListEntry, actor: Actor) -> None:
    """Ask the therapist once more whether she would see this person: her yes is old, or was never given."""
    now = clock.now()
    due_at = clocks.answer_due(locked.therapists[entry.therapist_id], now)
    entry_step(entry=entry, action="ask_again", asked_at=now, answer_due_at=due_at, seen_at=None)
    if entry.agreed_at is None:
        tell_therapist_of_entry(topic=topics.LIST_ASK, entry=entry)
    else:
        tell_therapist_of_list(topic=topics.LIST_ASK_AGAIN, therapist_id=entry.therapist_id)
