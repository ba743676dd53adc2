"""A client joins a waiting list or leaves it, by herself, after her request was sent."""

from core import clock
from core.actors import Actor
from referrals import clocks, codes
from referrals.errors import ListFull, TooLate
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_entry
from referrals.models import Choice, Referral, WaitingListEntry
from referrals.selectors.lists import entry_of
from referrals.services.asking import entry_join
from referrals.services.entries import entry_end, entry_event, entry_step
from referrals.services.events import choice_step, referral_step
from referrals.services.walk import excluded_ids, referral_walk, unpaid_ids
from referrals.transitions import ENTRY, REFERRAL, NotAllowed
from therapists.selectors.standing import standing

State = WaitingListEntry.State


def list_join(*, referral: Referral, therapist_id: int, actor: Actor) -> WaitingListEntry | None:
    """Wait for somebody on the list of choices who is full. Doing it twice changes nothing.

    Returns None where the entry is made later: while a request or a place is open, only who stands above it is waited
    for. Raises ListFull (also for somebody who is not listed), NotAllowed.
    """
    with referral_locked(referral.pk) as locked:
        fresh = locked.referral
        choice = _untried(fresh, therapist_id)
        if entry := entry_of(fresh, therapist_id):
            return entry
        if not standing(therapist_id, as_of=clock.now()).accepts_waiting or _barred(fresh, therapist_id):
            raise ListFull
        choice.will_wait = True
        choice.save(update_fields=["will_wait"])
        if fresh.state == Referral.State.CHOOSING:
            event = referral_step(referral=fresh, action="change_choices", actor=actor)
            following = referral_walk(locked=locked, actor=actor)
            said = following.pk if following else None
            tell_client(topic=topics.CHOICES_CHANGED, referral=fresh, event=event, next=said)
            return entry_of(fresh, therapist_id)
        if not _stands_above_what_is_open(locked, choice):
            return None
        entry = entry_join(locked=locked, therapist_id=therapist_id, rank=choice.rank, actor=actor)
        event = fresh.events.latest("pk")
        tell_client(topic=topics.LIST_JOINED, referral=fresh, event=event, entry=entry.pk)
        return entry


def list_leave(*, entry: WaitingListEntry, actor: Actor) -> None:
    """Stop waiting for somebody. It can be undone for 48 waking hours, with her time kept.

    A place that is offered from this list is answered by offer_stop instead: NotAllowed. Leaving twice changes nothing.
    """
    with referral_locked(entry.referral_id) as locked:
        fresh = WaitingListEntry.objects.get(pk=entry.pk)
        if fresh.state == State.LEFT:
            return
        if fresh.state == State.OFFERED:
            raise NotAllowed(ENTRY.name, fresh.state, "leave")
        entry_leave(locked=locked, entry=fresh, actor=actor)


def entry_leave(*, locked: Locked, entry: WaitingListEntry, actor: Actor, action: str = "leave_list") -> None:
    """End an entry for the client, remember how to undo it, walk on and tell her; in the caller's transaction."""
    referral, before = locked.referral, entry.state
    until = clocks.leave_undo_until(clock.now())
    entry_end(entry=entry, action="leave", code=codes.LEFT, undo_until=until, undo_state=before)
    choice_step(referral=referral, therapist_id=entry.therapist_id, action="stop")
    event = entry_event(referral=referral, action=action, entry=entry, actor=actor)
    following = None
    if referral.state == Referral.State.CHOOSING:
        following = referral_walk(locked=locked, actor=actor)
    tell_client(
        topic=topics.LIST_LEFT, referral=referral, event=event, entry=entry.pk, next=following.pk if following else None
    )


def list_leave_undo(*, entry: WaitingListEntry, actor: Actor) -> None:
    """Be back on the list as if she had never left. Raises TooLate (time over, or her choices have changed since)."""
    with referral_locked(entry.referral_id) as locked:
        fresh, referral = WaitingListEntry.objects.get(pk=entry.pk), locked.referral
        if fresh.state in WaitingListEntry.LIVE:
            return
        over = fresh.undo_until is None or fresh.undo_until < clock.now()
        if over or fresh.state != State.LEFT or not REFERRAL.allows(referral.state, "undo_leave"):
            raise TooLate
        chosen = referral.choices.filter(round=referral.round, therapist_id=fresh.therapist_id).first()
        if chosen is None or chosen.state != Choice.State.STOPPED or entry_of(referral, fresh.therapist_id) is not None:
            raise TooLate
        _bring_back(locked, fresh, chosen.rank, actor)
        choice_step(referral=referral, therapist_id=fresh.therapist_id, action="undo")
        entry_event(referral=referral, action="undo_leave", entry=fresh, actor=actor)
        if referral.state == Referral.State.CHOOSING:
            referral_walk(locked=locked, actor=actor)


def _bring_back(locked: Locked, entry: WaitingListEntry, rank: int, actor: Actor) -> None:
    """Restore what she was; whoever never got an answer is asked anew, and while she meets somebody it is set aside."""
    common = {"rank": rank, "code": "", "undo_until": None, "undo_state": ""}
    if locked.referral.state == Referral.State.MEETING:
        entry_step(entry=entry, action="undo_kept", **common)
    elif entry.agreed_at is not None:
        entry_step(entry=entry, action="undo_parked" if entry.undo_state == State.PARKED else "undo", **common)
    else:
        now = clock.now()
        due_at = clocks.answer_due(locked.therapists[entry.therapist_id], now)
        entry_step(entry=entry, action="undo_asked", asked_at=now, answer_due_at=due_at, **common)
        tell_therapist_of_entry(topic=topics.LIST_ASK, entry=entry)


def _untried(referral: Referral, therapist_id: int) -> Choice:
    """Return the choice. Raises NotAllowed when she does not stand on the present list, or has answered."""
    found = referral.choices.filter(round=referral.round, therapist_id=therapist_id).first()
    possible = referral.state == Referral.State.OFFERED or REFERRAL.allows(referral.state, "join_list")
    if found is None or found.state != Choice.State.UNTRIED or not possible:
        raise NotAllowed(REFERRAL.name, referral.state, "join_list")
    return found


def _stands_above_what_is_open(locked: Locked, choice: Choice) -> bool:
    referral = locked.referral
    if referral.state == Referral.State.WAITING:
        return True
    asked = referral.choices.filter(round=referral.round, state=Choice.State.ASKED).first()
    return asked is not None and choice.rank < asked.rank


def _barred(referral: Referral, therapist_id: int) -> bool:
    return bool(excluded_ids(referral, [therapist_id]) | unpaid_ids(referral, [therapist_id]))
