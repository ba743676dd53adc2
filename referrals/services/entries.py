"""The one place that changes an entry on a waiting list. The caller holds the referral's locks (referrals.locks)."""

from datetime import datetime
from typing import Any

from core import clock
from core.actors import Actor
from core.working_calendar import DAY_ENDS, at_london
from referrals import clocks
from referrals.messages import topics
from referrals.messages.send import tell_therapist_of_entry
from referrals.models import Referral, ReferralEvent, WaitingListEntry
from referrals.selectors.lists import entries_of
from referrals.services.events import referral_step
from referrals.transitions import ENTRY, REFERRAL, NotAllowed
from therapists.queue import queues_recount

State = WaitingListEntry.State


def entry_step(*, entry: WaitingListEntry, action: str, **fields: Any) -> None:
    """Take an entry one step, with other columns beside it. Compare and set; the therapist's list is counted again.

    Raises NotAllowed, also when somebody else was first.
    """
    state = ENTRY.step(entry.state, action)
    changes = {"state": state, "changed_at": clock.now(), **fields}
    if state != State.ASKED:
        changes.update(answer_due_at=None, interested_at=None)
    won = WaitingListEntry.objects.filter(pk=entry.pk, state=entry.state).update(**changes)
    if not won:
        raise NotAllowed(ENTRY.name, entry.state, action)
    for name, value in changes.items():
        setattr(entry, name, value)
    queues_recount(therapist_ids=[entry.therapist_id])


def entry_end(*, entry: WaitingListEntry, action: str, code: str, **fields: Any) -> None:
    """End an entry: `leave` by the client's side, `refuse`, `lapse` or `remove` by the therapist's or the desk's.

    A therapist who was asked and has not answered is told that she need not.
    """
    was_asked = entry.state == State.ASKED
    entry_step(entry=entry, action=action, code=code, **fields)
    if was_asked and action in ("leave", "remove"):
        tell_therapist_of_entry(topic=topics.LIST_ENTRY_GONE, entry=entry)


def ranks_follow(*, referral: Referral) -> None:
    """Let entries take the order of the present list, and count again: what stands above an open request may be
    offered a place."""
    ranks = dict(referral.choices.filter(round=referral.round).values_list("therapist_id", "rank"))
    entries = [entry for entry in entries_of(referral) if entry.therapist_id in ranks]
    for entry in entries:
        WaitingListEntry.objects.filter(pk=entry.pk).update(rank=ranks[entry.therapist_id])
    queues_recount(therapist_ids=[entry.therapist_id for entry in entries])


def entry_event(
    *, referral: Referral, action: str, entry: WaitingListEntry, actor: Actor, **detail: Any
) -> ReferralEvent:
    """Write what happened to an entry into the referral's history, and set who acts next while she waits."""
    owner, due_at = None, None
    if REFERRAL.step(referral.state, action) == Referral.State.WAITING:
        owner, due_at = next_while_waiting(referral)
    named = {"entry": entry.pk, "therapist": entry.therapist_id, **detail}
    return referral_step(referral=referral, action=action, actor=actor, owner=owner, due_at=due_at, detail=named)


def next_while_waiting(referral: Referral) -> tuple[str, datetime]:
    """Return who acts next for somebody who waits, by when: a therapist who is asked, else the next check-in.

    The first wait of a referral sets its first check-in. Who is away is asked when she is back.
    """
    if referral.check_in_at is None:
        referral.check_in_at = clock.now() + clocks.CHECK_IN_EVERY
        referral.save(update_fields=["check_in_at"])
    asked = [row.answer_due_at for row in entries_of(referral) if row.answer_due_at is not None]
    if asked:
        return Referral.Owner.THERAPIST, min(asked)
    if referral.away_until is not None:
        return Referral.Owner.COORDINATOR, max(referral.check_in_at, at_london(referral.away_until, DAY_ENDS))
    return Referral.Owner.COORDINATOR, referral.check_in_at
