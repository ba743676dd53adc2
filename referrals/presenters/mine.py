"""The client's own list and messages in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client
from clients.preferences import Stated
from core import clock, words
from notifications.models import Message
from referrals.models import Choice, Placement, Referral
from referrals.presenters.talking import TalkingPoint, talking_points
from referrals.selectors.own import choices_of
from referrals.selectors.waiting_lists import ListRow
from referrals.words import first_name
from therapists.selectors.standing import standing_for
from therapists.words import style_values

# Never "declined" or "rejected": a no says something about a week, not about a person.
STATE_WORDS = {
    Choice.State.UNTRIED: gettext_lazy("Not asked yet"),
    Choice.State.ASKED: gettext_lazy("Asked. Waiting for an answer"),
    Choice.State.NO: gettext_lazy("Cannot offer a place at the moment"),
    Choice.State.UNANSWERED: gettext_lazy("Did not answer in time"),
    Choice.State.UNAVAILABLE: gettext_lazy("Cannot see people through Rapport at the moment"),
    Choice.State.STOPPED: gettext_lazy("You stopped waiting"),
    Choice.State.YES: gettext_lazy("Said yes to a first meeting"),
    Choice.State.ENDED: gettext_lazy("You met"),
}


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    rank: int
    name: str
    state: str


def choice_rows(choices: Iterable[Choice], lists: Iterable[ListRow]) -> list[ChoiceRow]:
    """Return the choices in words. The lists she is on, or asked to be on, say more than "not asked yet"."""
    on = {row.therapist: row for row in lists if row.can != "undo"}
    return [
        ChoiceRow(rank, row.therapist.display_name, _choice_words(row, on.get(row.therapist_id)))
        for rank, row in enumerate(choices, 1)
    ]


def _choice_words(row: Choice, on: ListRow | None) -> str:
    if on is None or row.state != Choice.State.UNTRIED:
        return str(STATE_WORDS[Choice.State(row.state)])
    return _("Asked if you can wait for a place") if on.asked else _("You wait for a place")


def _would_be_next(referral: Referral) -> str | None:
    """Return by first name whom a no of the one who is asked would lead to: below in the list, with a place now.

    Whoever was passed over has no place, and whoever she waits for is asked already.
    """
    choices = choices_of(referral)
    below = list(dropwhile(lambda row: row.state != Choice.State.ASKED, choices))
    standings = standing_for([row.therapist_id for row in below], as_of=clock.now())
    free = (row for row in below if row.state == Choice.State.UNTRIED and standings[row.therapist_id].has_place)
    return next((first_name(row.therapist.display_name) for row in free), None)


def next_steps(referral: Referral) -> list[str]:
    """Return what can come after the panel's "now": the next on the list, how she is told, where she can look."""
    lines = []
    following = _would_be_next(referral)
    if following is not None:
        lines.append(_("If it is not possible, we ask %(name)s the same day and tell you.") % {"name": following})
    how = Client.Channel(referral.client.contact_channel).label
    lines.append(_("We tell you each time something changes. We use only the way you chose: %(how)s.") % {"how": how})
    lines.append(_("You can look, change your choices or stop at any time, on the page “My referral”."))
    return lines


def to_talk_about(referral: Referral, placement: Placement | None) -> list[TalkingPoint]:
    """Return what she could talk about at a first meeting that is agreed: style, as both sides said it."""
    if placement is None or placement.state != Placement.State.MEETING:
        return []
    stated = Stated.from_canonical(referral.preferences.data)
    therapist = placement.therapist
    return talking_points(dict(stated.style), style_values(therapist), first_name(therapist.display_name))


def message_rows(sent: Iterable[Message]) -> list[str]:
    """Return one line a message: how and when, never what it said."""
    return [
        _("%(how)s, %(when)s") % {"how": Message.Channel(row.channel).label, "when": words.when(row.sent_at)}
        for row in sent
        if row.sent_at is not None
    ]
