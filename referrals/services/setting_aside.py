"""What becomes of a referral's lists when she meets somebody, goes on with them or not, or closes.

The caller holds the referral's locks.
"""

from core.actors import Actor
from referrals import codes
from referrals.locks import Locked
from referrals.messages import topics
from referrals.messages.send import tell_therapist_of_entry
from referrals.models import WaitingListEntry
from referrals.selectors.lists import entries_of
from referrals.services.asking import entry_ask_again
from referrals.services.entries import entry_end, entry_step

State = WaitingListEntry.State


def entries_end_all(*, locked: Locked, code: str) -> None:
    """End every entry of a referral that closes or has found its therapist."""
    for entry in entries_of(locked.referral):
        entry_end(entry=entry, action="leave", code=code)


def entries_set_aside(*, locked: Locked, met_through: WaitingListEntry | None) -> list[int]:
    """While she meets somebody nothing else is offered. Returns the entries set aside beside the one she came by."""
    aside = []
    for entry in entries_of(locked.referral):
        if met_through is not None and entry.pk == met_through.pk:
            entry_step(entry=entry, action="accept", lapses=0)
            continue
        if entry.state == State.KEPT:
            continue
        was_asked = entry.state == State.ASKED
        entry_step(entry=entry, action="keep")
        if was_asked:
            tell_therapist_of_entry(topic=topics.LIST_ENTRY_GONE, entry=entry)
        aside.append(entry.pk)
    return aside


def entries_placed(*, locked: Locked, therapist_id: int) -> None:
    """Both go ahead: the entry they met through has its place, and the others end."""
    for entry in entries_of(locked.referral):
        if entry.therapist_id == therapist_id:
            entry_step(entry=entry, action="place")
        else:
            entry_end(entry=entry, action="leave", code=codes.PLACED_ELSEWHERE)


def entries_back(*, locked: Locked, therapist_id: int, actor: Actor) -> list[int]:
    """They do not go on: what was set aside comes back with its time. Returns the entries that are back."""
    back = []
    for entry in entries_of(locked.referral):
        if entry.state != State.KEPT:
            continue
        if entry.therapist_id == therapist_id:
            entry_end(entry=entry, action="leave", code=codes.MET)
            continue
        if entry.agreed_at is None:
            entry_ask_again(locked=locked, entry=entry, actor=actor)
        else:
            entry_step(entry=entry, action="restore")
        back.append(entry.pk)
    return back
