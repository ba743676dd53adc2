"""What is said about a change of therapist and about pauses, to the client and to the therapist."""

import datetime
from collections.abc import Callable

from django.utils.translation import gettext as _

from notifications.models import Message
from notifications.topics import Address, Rendered, register
from referrals import change_words, links, words
from referrals.messages import topics
from referrals.messages.base import therapist_address, therapist_rendered
from referrals.messages.client import Lines, ToClient, call_lines, is_open
from referrals.models import Placement, Referral
from referrals.selectors.own import leaving_of


def _name(message: Message) -> str:
    placement = Placement.objects.select_related("therapist").get(pk=message.detail["placement"])
    return words.first_name(placement.therapist.display_name)


def _switched(referral: Referral, message: Message) -> list[str]:
    name = _name(message)
    by_her = message.detail.get("side") != "therapist"
    return [
        change_words.switch_of_hers() if by_her else change_words.switch_of_the_therapist(name),
        change_words.goes_on_until_then(name),
        change_words.wait_counts_from(referral.queue_from),
        words.choose_or_call() if not by_her else words.choose(),
        *call_lines(referral, message),
    ]


def _staying(_referral: Referral, message: Message) -> list[str]:
    return [change_words.staying(_name(message))]


def _old_ended(_referral: Referral, message: Message) -> list[str]:
    return [
        change_words.ended(_name(message)),
        _("We go on looking with you. Your page tells you what happens now."),
    ]


def _paused(_referral: Referral, message: Message) -> list[str]:
    placement = Placement.objects.get(pk=message.detail["placement"])
    until = placement.paused_until
    return [change_words.paused(_name(message)), *([change_words.paused_until(until)] if until else [])]


def _resumed(_referral: Referral, message: Message) -> list[str]:
    return [change_words.resumed(_name(message))]


def _away(_referral: Referral, message: Message) -> list[str]:
    return [
        change_words.away_until(datetime.date.fromisoformat(message.detail["until"])),
        change_words.turn_kept(),
        _(
            "From that day we offer you places again. You do not need to do anything. Are you back earlier? Say so on"
            " your page."
        ),
    ]


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
                " they have agreed a first meeting with somebody else, or until one of you ends it."
            ),
            topics.SWITCH_UNDONE: _("Somebody who was looking for another therapist stays with you."),
            topics.THERAPY_PAUSED: _("Somebody you work with pauses for a while. The place stays theirs."),
            topics.THERAPY_RESUMED: _("Somebody who had paused goes on."),
        }[message.topic]
        return therapist_rendered([said], links.absolute(links.path("placement", message.subject_id)))


def _is_leaving(referral: Referral) -> bool:
    return leaving_of(referral) is not None


def _is_in_therapy(referral: Referral) -> bool:
    return referral.state == Referral.State.IN_THERAPY


def _is_paused(referral: Referral) -> bool:
    return referral.placements.filter(state=Placement.State.PAUSED).exists()


def _is_away(referral: Referral) -> bool:
    return is_open(referral) and referral.away_until is not None


def register_all() -> None:
    """Register every topic about changes and pauses. What was taken back overnight is not said in the morning."""
    to_client: dict[str, tuple[Lines, Callable[[Referral], bool]]] = {
        topics.SWITCHED: (_switched, _is_leaving),
        topics.STAYING: (_staying, _is_in_therapy),
        topics.OLD_ENDED: (_old_ended, is_open),
        topics.PAUSED: (_paused, _is_paused),
        topics.RESUMED: (_resumed, is_open),
        topics.AWAY: (_away, _is_away),
    }
    for topic, (lines, wanted) in to_client.items():
        register(topic, ToClient(lines, wanted))
    for topic in (topics.SWITCH_BEGUN, topics.SWITCH_UNDONE, topics.THERAPY_PAUSED, topics.THERAPY_RESUMED):
        register(topic, ToTherapist())
