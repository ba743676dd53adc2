"""Lists whose therapist is not listed any more: for good, or for the moment."""

from core import clock
from core.actors import Actor
from referrals import codes
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import WaitingListEntry
from referrals.services.asks import list_move_on
from referrals.services.entries import entry_end, entry_event
from referrals.services.events import choice_step

State = WaitingListEntry.State


def entry_drop(*, locked: Locked, entry: WaitingListEntry, actor: Actor) -> None:
    """End an entry because its therapist may not see people any more, in the caller's transaction; telling and walking
    on are the caller's."""
    entry_end(entry=entry, action="remove", code=codes.UNLISTED)
    choice_step(referral=locked.referral, therapist_id=entry.therapist_id, action="unlist")


def list_drop(*, entry_id: int, actor: Actor) -> bool:
    """The therapist has lost her standing: the entry ends, and the client is told and goes on."""
    referral_id = WaitingListEntry.objects.values_list("referral_id", flat=True).get(pk=entry_id)
    with referral_locked(referral_id) as locked:
        entry = WaitingListEntry.objects.get(pk=entry_id)
        if entry.state not in WaitingListEntry.LIVE or entry.state == State.OFFERED:
            return False
        entry_drop(locked=locked, entry=entry, actor=actor)
        event = entry_event(referral=locked.referral, action="drop_list", entry=entry, actor=actor)
        list_move_on(locked=locked, entry=entry, event=event, topic=topics.LIST_REMOVED, actor=actor)
        return True


def list_freeze(*, entry_id: int, actor: Actor) -> bool:
    """The therapist takes nobody for the moment: the entry stays, nothing is offered, and the client is told once."""
    referral_id = WaitingListEntry.objects.values_list("referral_id", flat=True).get(pk=entry_id)
    with referral_locked(referral_id) as locked:
        entry = WaitingListEntry.objects.get(pk=entry_id)
        if entry.state not in WaitingListEntry.ON_LIST or entry.frozen_at is not None:
            return False
        entry.frozen_at = clock.now()
        entry.save(update_fields=["frozen_at"])
        event = entry_event(referral=locked.referral, action="freeze_list", entry=entry, actor=actor)
        tell_client(topic=topics.LIST_FROZEN, referral=locked.referral, event=event, entry=entry.pk)
        return True


def lists_thaw(*, therapist_ids: list[int]) -> int:
    """These therapists take people again. Returns how many entries go on."""
    frozen = WaitingListEntry.objects.filter(therapist__in=therapist_ids, frozen_at__isnull=False)
    return frozen.update(frozen_at=None)
