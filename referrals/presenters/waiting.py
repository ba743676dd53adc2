"""What stands in place of a card, for somebody whom a client cannot choose now: in words."""

from django.utils.translation import gettext as _

from referrals import list_words
from referrals.models import Referral, WaitingListEntry
from referrals.selectors.lists import entries_of
from referrals.selectors.queue import ahead_of

State = WaitingListEntry.State
# Where somebody waits, and how many are ahead of her once the therapist has said yes.
Entry = tuple[WaitingListEntry, int | None]


def no_place_lines(*, name: str, asked: bool, found: Entry | None) -> list[str]:
    """Return what is to be said of a listed therapist who has no place for this client; the first line is the fact.

    `asked`: her answer is awaited by this very client, for whom a place is held. `found`: where the client waits.
    """
    if asked:
        return [_("We have asked %(name)s.") % {"name": name}, _("A place is held for you meanwhile.")]
    if found is not None:
        return entry_lines(found[0], name, found[1])
    return [_("Not taking new requests just now.")]


def own_entries(referral: Referral) -> dict[int, Entry]:
    """Return by therapist the lists a client is on, each with how many are ahead of her."""
    entries = entries_of(referral)
    ahead = ahead_of([entry for entry in entries if entry.agreed_at is not None])
    return {entry.therapist_id: (entry, ahead.get(entry.pk)) for entry in entries}


def entry_lines(entry: WaitingListEntry, name: str, ahead: int | None) -> list[str]:
    """Return where somebody stands on one list. The same words as on her own page."""
    if entry.state == State.ASKED and entry.agreed_at is None and entry.answer_due_at is not None:
        return [list_words.asked_to_wait(name, entry.answer_due_at)]
    if entry.state == State.OFFERED:
        return [list_words.place_offered()]
    if entry.state == State.KEPT:
        return [list_words.set_aside_now()]
    return [_("You are on this waiting list."), list_words.position(ahead or 0)]
