"""What clients are told. Every change of state, in one message with what comes next; none carries only a no."""

import datetime
from collections.abc import Callable

from django.utils.translation import gettext as _

from core import clock
from notifications.models import Message
from notifications.topics import Address, Rendered, register
from referrals import change_words, codes, list_words, words
from referrals.messages import topics
from referrals.messages.base import client_address, client_rendered
from referrals.models import Offer, Placement, Referral, ReferralEvent
from referrals.selectors.calls import call_before_telling
from referrals.selectors.waiting_lists import names_of_entries, waiting_lines
from therapists.models import Therapist

Lines = Callable[[Referral, Message], list[str]]
By = Callable[[Referral, Message], datetime.datetime | None]


class ToClient:
    """The handler of one topic. `lines` gives what is said between the greeting and where to turn; `by`: until when a
    place is held, where the message is about one.
    """

    def __init__(self, lines: Lines, wanted: Callable[[Referral], bool], by: By | None = None) -> None:
        self._lines, self._wanted, self._by = lines, wanted, by

    def address(self, message: Message) -> Address | None:
        return client_address(referral_of(message).client)

    def still_wanted(self, message: Message) -> bool:
        return self._wanted(referral_of(message))

    def render(self, message: Message) -> Rendered:
        referral = referral_of(message)
        by = self._by(referral, message) if self._by else None
        return client_rendered(referral, message.channel, self._lines(referral, message), by=by)


def referral_of(message: Message) -> Referral:
    return Referral.objects.select_related("client").get(pk=message.subject_id)


def is_open(referral: Referral) -> bool:
    return referral.state != Referral.State.CLOSED


def _is_closed(referral: Referral) -> bool:
    return referral.state == Referral.State.CLOSED


def _is_meeting(referral: Referral) -> bool:
    return referral.state == Referral.State.MEETING


def _is_choosing(referral: Referral) -> bool:
    return referral.state == Referral.State.CHOOSING and referral.action_owner == Referral.Owner.CLIENT


def _name_of_offer(message: Message) -> str:
    offer = Offer.objects.select_related("therapist").get(pk=message.detail["offer"])
    return words.first_name(offer.therapist.display_name)


def _name_of_placement(message: Message) -> tuple[str, Placement]:
    placement = Placement.objects.select_related("therapist").get(pk=message.detail["placement"])
    return words.first_name(placement.therapist.display_name), placement


def call_lines(referral: Referral, message: Message) -> list[str]:
    by = message.detail.get("call_by")
    return [words.call_by(datetime.datetime.fromisoformat(by), number=referral.client.phone)] if by else []


def what_next(referral: Referral, message: Message, said: Callable[[str, datetime.datetime], str]) -> list[str]:
    """Who is asked now, as far as it is still true when the message goes out; otherwise what she can do."""
    following = message.detail.get("next")
    if following is not None:
        return [*_asked_now(referral, following, said), *call_lines(referral, message)]
    if referral.state == Referral.State.WAITING:
        return [*_waiting(referral), *call_lines(referral, message)]
    if referral.state != Referral.State.CHOOSING:
        return [_("Your page tells you what happens now."), *call_lines(referral, message)]
    if call_before_telling(referral) is not None:
        return call_lines(referral, message) or [_("Your page tells you what happens now.")]
    if referral.help_choosing and not referral.choices.exists():
        return call_lines(referral, message) or [words.choose_or_call()]
    return [words.nobody_left(referral.queue_from), words.choose_or_call(), *call_lines(referral, message)]


def _asked_now(referral: Referral, offer_id: int, said: Callable[[str, datetime.datetime], str]) -> list[str]:
    offer = Offer.objects.select_related("therapist").get(pk=offer_id)
    if offer.state != Offer.State.OPEN:
        return [_("More has happened since: your page tells you what happens now.")]
    return [said(words.first_name(offer.therapist.display_name), offer.expires_at), *waiting_lines(referral)]


def _waiting(referral: Referral) -> list[str]:
    """For whom she waits, when she hears from us again, and that nobody watches meanwhile."""
    lines = waiting_lines(referral)
    if referral.check_in_at is not None and referral.check_in_at > clock.now():
        lines.append(list_words.check_in_on(referral.check_in_at))
    return [*lines, list_words.nobody_watches()]


def _sent(referral: Referral, message: Message) -> list[str]:
    reference = _("We have your request. Your reference is %(reference)s. Keep it: you need it to sign in.")
    return [reference % {"reference": referral.reference}, *what_next(referral, message, words.asked)]


def _no(referral: Referral, message: Message) -> list[str]:
    return [words.a_no(_name_of_offer(message)), *what_next(referral, message, words.now_asked)]


def _no_answer(referral: Referral, message: Message) -> list[str]:
    return [words.no_answer(_name_of_offer(message)), *what_next(referral, message, words.now_asked)]


def _not_reached(referral: Referral, message: Message) -> list[str]:
    return [words.not_reached(_name_of_offer(message)), *what_next(referral, message, words.now_asked)]


def _unlisted(referral: Referral, message: Message) -> list[str]:
    return [words.unlisted(_name_of_offer(message)), *what_next(referral, message, words.now_asked)]


def _changed(referral: Referral, message: Message) -> list[str]:
    return [_("You have changed your list."), *what_next(referral, message, words.asked)]


def _asked(referral: Referral, message: Message) -> list[str]:
    by_herself = ReferralEvent.objects.filter(pk=message.detail.get("event"), action="rewalk").exists()
    first = _("You asked us to look at your list again.") if by_herself else _("Thank you for talking with us.")
    return [first, *what_next(referral, message, words.asked)]


def _reopened(referral: Referral, message: Message) -> list[str]:
    again = _("Your request is open again, and your wait counts from before.")
    return [again, *what_next(referral, message, words.asked)]


def _meeting(referral: Referral, message: Message) -> list[str]:
    name, placement = _name_of_placement(message)
    aside = names_of_entries(message.detail.get("lists") or [])
    return [
        words.meeting(name, placement.contact_due_at),
        _("Nobody has to commit before you have met."),
        *_left(message),
        *([list_words.set_aside(aside)] if aside else []),
    ]


def _left(message: Message) -> list[str]:
    """Whom she was still seeing: that has ended with the new yes."""
    left = message.detail.get("left")
    if left is None:
        return []
    return [change_words.ended(words.first_name(Therapist.objects.get(pk=left).display_name))]


def _your_turn(referral: Referral, message: Message) -> list[str]:
    name, _placement = _name_of_placement(message)
    return [words.therapist_goes_ahead(name), _("You can say yes or no on your page. No reason is needed.")]


def _go_ahead(referral: Referral, message: Message) -> list[str]:
    name, _placement = _name_of_placement(message)
    return [words.in_therapy(name)]


def _not_this_time(referral: Referral, message: Message) -> list[str]:
    name, _placement = _name_of_placement(message)
    back = names_of_entries(message.detail.get("lists") or [])
    again = [list_words.back_on(back)] if back else []
    return [words.not_on(name), *again, *what_next(referral, message, words.now_asked)]


def _reminder(referral: Referral, message: Message) -> list[str]:
    return [words.choose(), words.choose_or_call(), _("If you would rather stop, you can do that on your page too.")]


def _call_coming(referral: Referral, message: Message) -> list[str]:
    silent = [list_words.no_sign()] if message.detail.get("why") == "check_in" else []
    return [*silent, *call_lines(referral, message)]


def _closed(referral: Referral, message: Message) -> list[str]:
    if referral.closed_code == codes.DUPLICATE:
        return [_("You had sent the same request twice. One of the two is finished, the other goes on.")]
    undo = [words.undo_until(referral.undo_until)] if referral.undo_until else []
    return [words.finished(), *undo, _("You can start a new request at any time.")]


def register_all() -> None:
    """Register every topic to clients."""
    open_ones: dict[str, Lines] = {
        topics.SENT: _sent,
        topics.NO: _no,
        topics.NO_ANSWER: _no_answer,
        topics.NOT_REACHED: _not_reached,
        topics.UNLISTED: _unlisted,
        topics.ASKED: _asked,
        topics.CHOICES_CHANGED: _changed,
        topics.REOPENED: _reopened,
        topics.MEETING: _meeting,
        topics.GO_AHEAD: _go_ahead,
        topics.NOT_THIS_TIME: _not_this_time,
        topics.CALL_COMING: _call_coming,
    }
    for topic, lines in open_ones.items():
        register(topic, ToClient(lines, is_open))
    register(topics.YOUR_TURN, ToClient(_your_turn, _is_meeting))
    register(topics.REMINDER, ToClient(_reminder, _is_choosing))
    register(topics.CLOSED, ToClient(_closed, _is_closed))
