"""What clients are told about waiting lists and places that are offered.

Each message says what comes next; none is only a no, and no link in one answers anything: it opens her page.
"""

import datetime

from django.utils.translation import gettext as _

from core import clock
from matching.waits import wait_words, waits_for
from notifications.models import Message
from notifications.topics import register
from referrals import codes, list_words, words
from referrals.messages import topics
from referrals.messages.client import Lines, ToClient, call_lines, is_open, referral_of, what_next
from referrals.models import Offer, Referral, WaitingListEntry
from referrals.selectors.check_ins import open_check_in
from referrals.selectors.offered import answer_by, offer_lines
from referrals.selectors.queue import ahead_of
from referrals.selectors.waiting_lists import other_names
from referrals.services.offer_times import offer_not_told, offer_told


class AboutPlace(ToClient):
    """A place that is held for her, as long as it is."""

    def still_wanted(self, message: Message) -> bool:
        offer = _offer(message)
        return offer.state == Offer.State.OPEN and offer.expires_at >= clock.now()


class PlaceOffered(AboutPlace):
    """Her time to answer starts when this message is handed over, and stops when it comes back."""

    def sent(self, message: Message) -> None:
        at = message.sent_at or clock.now()
        offer_told(offer_id=message.detail["offer"], at=at, channel=message.channel)

    def failed(self, message: Message) -> None:
        offer_not_told(offer_id=message.detail["offer"])


def _offer(message: Message) -> Offer:
    place = ("claim__place__session_format", "claim__place__location")
    return Offer.objects.select_related("therapist", "entry", *place).get(pk=message.detail["offer"])


def _entry(message: Message) -> WaitingListEntry:
    return WaitingListEntry.objects.select_related("therapist").get(pk=message.detail["entry"])


def _name(message: Message) -> str:
    return words.first_name(_entry(message).therapist.display_name)


def _is_live(message: Message) -> bool:
    return _entry(message).state in WaitingListEntry.LIVE


def _by(referral: Referral, message: Message) -> datetime.datetime:
    return answer_by(_offer(message), referral, channel=message.channel)


def _beside(referral: Referral, message: Message, entry: WaitingListEntry) -> list[str]:
    """What comes next for somebody who has just been told about this list: whom else she waits for, or is asked."""
    if referral.state != Referral.State.WAITING or message.detail.get("next") is not None:
        return what_next(referral, message, words.now_asked)
    others = other_names(referral, entry)
    also = [list_words.also_waiting_for(others)] if others else []
    return [*also, list_words.nobody_watches(), *call_lines(referral, message)]


def _offered(referral: Referral, message: Message) -> list[str]:
    offer = _offer(message)
    name = words.first_name(offer.therapist.display_name)
    elsewhere = offer.entry is not None and other_names(referral, offer.entry)
    return [
        *offer_lines(offer, referral, channel=message.channel),
        _(
            "On your page you can say: yes, I would like a first meeting; not this time, keep my place; or stop"
            " waiting."
        ),
        *([list_words.lists_end_then(name)] if elsewhere else []),
    ]


def _reminder(referral: Referral, message: Message) -> list[str]:
    return [
        *offer_lines(_offer(message), referral, still=True, channel=message.channel),
        _("You can say yes, or “not this time, keep my place”. Both are fine."),
    ]


def _lapsed(referral: Referral, message: Message) -> list[str]:
    name = _name(message)
    if not _is_live(message):
        return [list_words.time_over(name), *what_next(referral, message, words.now_asked)]
    return [
        list_words.time_over(name),
        f"{list_words.gone_on()} {list_words.still_on_list(name, referral.queue_from)}",
        list_words.say_so(),
        *_beside(referral, message, _entry(message)),
    ]


def _kept(referral: Referral, message: Message) -> list[str]:
    entry, name = _entry(message), _name(message)
    lines = [list_words.kept(name), list_words.still_counts(referral.queue_from)]
    if entry.no_offer_before is not None:
        lines.append(list_words.no_offer_before(name, entry.no_offer_before))
    return [*lines, *_beside(referral, message, entry)]


def _taken_back(referral: Referral, message: Message) -> list[str]:
    name = _name(message)
    if message.detail.get("stays") and _is_live(message):
        still = list_words.still_on_list(name, referral.queue_from)
        return [list_words.taken_back(name), still, *_beside(referral, message, _entry(message))]
    return [list_words.taken_back(name), *what_next(referral, message, words.now_asked)]


def _parked(referral: Referral, message: Message) -> list[str]:
    name, code = _name(message), message.detail.get("code")
    if code == codes.PARKED_UNREACHABLE:
        said = list_words.parked_unreachable(name)
    elif code == codes.PARKED_THERAPIST:
        said = list_words.parked_silent(name)
    elif code == codes.PARKED_FUNDING:
        said = list_words.parked_funding(name)
    else:
        said = f"{list_words.parked(name)} {list_words.say_so()}"
    return [said, list_words.still_counts(referral.queue_from), *_beside(referral, message, _entry(message))]


def _joined(referral: Referral, message: Message) -> list[str]:
    return [list_words.joined(_name(message)), *what_next(referral, message, words.asked)]


def _agreed(referral: Referral, message: Message) -> list[str]:
    """The place in the order and the forecast as they are when this goes out; her page keeps them current."""
    entry, name = _entry(message), _name(message)
    ahead = ahead_of([entry]).get(entry.pk, 0)
    found = waits_for([entry.therapist_id], as_of=clock.now(), ahead=ahead)
    return [
        list_words.agreed(name),
        list_words.position(ahead),
        list_words.how_long(wait_words(found.get(entry.therapist_id))),
        list_words.since(referral.queue_from),
        list_words.nobody_watches(),
    ]


def _refused(referral: Referral, message: Message) -> list[str]:
    return [list_words.list_no(_name(message)), *what_next(referral, message, words.now_asked)]


def _no_answer(referral: Referral, message: Message) -> list[str]:
    return [list_words.list_no_answer(_name(message)), *what_next(referral, message, words.now_asked)]


def _left(referral: Referral, message: Message) -> list[str]:
    entry, name = _entry(message), _name(message)
    lines = [list_words.left(name)]
    if entry.undo_until is not None and entry.undo_until >= clock.now():
        lines.append(list_words.left_undo(entry.undo_until))
    return [*lines, *what_next(referral, message, words.now_asked)]


def _removed(referral: Referral, message: Message) -> list[str]:
    """A therapist who lost her standing is not said to have chosen this, and nothing is said about why."""
    name = _name(message)
    unlisted = _entry(message).code == codes.UNLISTED
    said = words.unlisted(name) if unlisted else list_words.removed(name)
    return [said, *what_next(referral, message, words.now_asked)]


def _frozen(referral: Referral, message: Message) -> list[str]:
    name = _name(message)
    return [
        list_words.frozen(name),
        list_words.still_counts(referral.queue_from),
        _("You can add somebody else to your list at any time. Nothing of your place is lost by that."),
        *_beside(referral, message, _entry(message)),
    ]


def _check_in(referral: Referral, message: Message) -> list[str]:
    return [
        list_words.check_in(),
        _("Do you still want this? Has anything changed? Would you like a call? You can answer on your page."),
        _("If you do not answer, you keep your place. Nothing ends because of silence."),
        *what_next(referral, message, words.asked),
    ]


class AboutLiveEntry(ToClient):
    """Said only while it is still so."""

    def still_wanted(self, message: Message) -> bool:
        return super().still_wanted(message) and _is_live(message)


class Lapsed(ToClient):
    """The message about a second place in a row says it all."""

    def still_wanted(self, message: Message) -> bool:
        return super().still_wanted(message) and _entry(message).state != WaitingListEntry.State.PARKED


class AskedToCheckIn(ToClient):
    """Not sent once she has answered, or no longer waits."""

    def still_wanted(self, message: Message) -> bool:
        referral = referral_of(message)
        return referral.state == Referral.State.WAITING and open_check_in(referral) is not None


def register_all() -> None:
    """Register every topic about lists and places."""
    register(topics.PLACE_OFFERED, PlaceOffered(_offered, is_open, _by))
    register(topics.PLACE_REMINDER, AboutPlace(_reminder, is_open, _by))
    register(topics.PLACE_LAPSED, Lapsed(_lapsed, is_open))
    register(topics.CHECK_IN, AskedToCheckIn(_check_in, is_open))
    while_live: dict[str, Lines] = {
        topics.LIST_JOINED: _joined,
        topics.LIST_AGREED: _agreed,
        topics.LIST_FROZEN: _frozen,
        topics.PARKED: _parked,
        topics.PLACE_KEPT: _kept,
    }
    for topic, lines in while_live.items():
        register(topic, AboutLiveEntry(lines, is_open))
    while_open: dict[str, Lines] = {
        topics.LIST_REFUSED: _refused,
        topics.LIST_NO_ANSWER: _no_answer,
        topics.LIST_LEFT: _left,
        topics.LIST_REMOVED: _removed,
        topics.PLACE_TAKEN_BACK: _taken_back,
    }
    for topic, lines in while_open.items():
        register(topic, ToClient(lines, is_open))
