"""What clients are told after somebody on the desk has done something for them."""

from django.utils.translation import gettext as _

from core.words import when
from notifications.models import Message
from notifications.topics import register
from referrals import list_words, words
from referrals.messages import topics
from referrals.messages.client import ToClient
from referrals.models import Offer, Referral, WaitingListEntry


def _is_open(referral: Referral) -> bool:
    return referral.state != Referral.State.CLOSED


def _has_a_place_held(referral: Referral) -> bool:
    return referral.state == Referral.State.OFFERED


def _moved(referral: Referral, message: Message) -> list[str]:
    entries = WaitingListEntry.objects.select_related("therapist")
    to, before = (entries.get(pk=message.detail[key]) for key in ("entry", "moved_from"))
    names = {"name": _name(to), "other": _name(before)}
    lines = [
        _("As we agreed, we have asked %(name)s if you can wait for a place there, instead of with %(other)s.") % names
    ]
    if to.state == WaitingListEntry.State.ASKED and to.answer_due_at is not None:
        lines.append(list_words.asked_to_wait(_name(to), to.answer_due_at))
    return [*lines, list_words.still_counts(referral.queue_from)]


def _extended(referral: Referral, message: Message) -> list[str]:
    offer = Offer.objects.select_related("therapist").get(pk=message.detail["offer"])
    longer = _("You have more time to answer about the place with %(name)s. Held for you until %(when)s.") % {
        "name": words.first_name(offer.therapist.display_name),
        "when": when(offer.expires_at),
    }
    return [longer, _("If you do not answer you stay on the list.")]


def _merged(referral: Referral, message: Message) -> list[str]:
    return [
        _("You have asked us for help twice. We have made one request of the two, with everything you told us."),
        list_words.since(referral.queue_from),
        _("Your page tells you what happens now."),
    ]


def _name(entry: WaitingListEntry) -> str:
    return words.first_name(entry.therapist.display_name)


def register_all() -> None:
    """Register every topic."""
    register(topics.LIST_MOVED, ToClient(_moved, _is_open))
    register(topics.PLACE_EXTENDED, ToClient(_extended, _has_a_place_held))
    register(topics.MERGED, ToClient(_merged, _is_open))
