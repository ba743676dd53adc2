"""What is said about a change of therapist and about pauses, to the client and to the therapist."""

import datetime

from django.utils.translation import gettext as _

from core.words import day
from notifications.models import Message
from notifications.topics import Address, Rendered, register
from referrals import links, words
from referrals.messages import topics
from referrals.messages.base import therapist_address, therapist_rendered
from referrals.messages.client import Lines, ToClient
from referrals.models import Placement, Referral


def _name(message: Message) -> str:
    placement = Placement.objects.select_related("therapist").get(pk=message.detail["placement"])
    return words.first_name(placement.therapist.display_name)


def _switched(referral: Referral, message: Message) -> list[str]:
    return [
        _("You are looking for another therapist. No reason is needed, and nobody has done anything wrong."),
        _("You can go on seeing %(name)s until you meet somebody else, or end it whenever you like.")
        % {"name": _name(message)},
        _("Your wait counts from %(day)s. %(choose)s") % {"day": day(referral.queue_from), "choose": words.choose()},
    ]


def _staying(_referral: Referral, message: Message) -> list[str]:
    return [_("You stay with %(name)s. We have stopped looking for somebody else.") % {"name": _name(message)}]


def _old_ended(_referral: Referral, message: Message) -> list[str]:
    return [
        _("Your sessions with %(name)s have ended.") % {"name": _name(message)},
        _("We go on looking with you. Your page tells you what happens now."),
    ]


def _paused(_referral: Referral, message: Message) -> list[str]:
    placement = Placement.objects.get(pk=message.detail["placement"])
    kept = _("Your sessions with %(name)s pause. Your place with %(name)s is kept for you.") % {"name": _name(message)}
    return [kept, *_until(placement.paused_until)]


def _resumed(_referral: Referral, message: Message) -> list[str]:
    return [_("Your sessions with %(name)s go on.") % {"name": _name(message)}]


def _away(_referral: Referral, message: Message) -> list[str]:
    back_on = datetime.date.fromisoformat(message.detail["until"])
    return [
        _("You told us that you are away until %(day)s.") % {"day": day(back_on)},
        _("We do not offer you a place before then. Your turn on every list is kept."),
        _("Back earlier? Say so on your page."),
    ]


def _until(back_on: datetime.date | None) -> list[str]:
    if back_on is None:
        return []
    return [_("It goes on from %(day)s. You can go on earlier on your page.") % {"day": day(back_on)}]


class ToTherapist:
    """Somebody she works with: what has changed. Nothing about anybody stands in it."""

    def address(self, message: Message) -> Address | None:
        return therapist_address(message.recipient_id)

    def still_wanted(self, message: Message) -> bool:
        return Placement.objects.get(pk=message.subject_id).state != Placement.State.ENDED

    def render(self, message: Message) -> Rendered:
        said = {
            topics.SWITCH_BEGUN: _(
                "Somebody you work with is looking for another therapist. No reason is needed. Sessions go on until"
                " they meet somebody else, or until one of you ends it."
            ),
            topics.SWITCH_UNDONE: _("Somebody who was looking for another therapist stays with you."),
            topics.THERAPY_PAUSED: _("Somebody you work with pauses for a while. The place stays theirs."),
            topics.THERAPY_RESUMED: _("Somebody who had paused goes on."),
        }[message.topic]
        return therapist_rendered([said], links.absolute(links.path("placement", message.subject_id)))


def _is_open(referral: Referral) -> bool:
    return referral.state != Referral.State.CLOSED


def register_all() -> None:
    """Register every topic about changes and pauses."""
    to_client: dict[str, Lines] = {
        topics.SWITCHED: _switched,
        topics.STAYING: _staying,
        topics.OLD_ENDED: _old_ended,
        topics.PAUSED: _paused,
        topics.RESUMED: _resumed,
        topics.AWAY: _away,
    }
    for topic, lines in to_client.items():
        register(topic, ToClient(lines, _is_open))
    for topic in (topics.SWITCH_BEGUN, topics.SWITCH_UNDONE, topics.THERAPY_PAUSED, topics.THERAPY_RESUMED):
        register(topic, ToTherapist())
