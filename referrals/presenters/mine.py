"""The client's own list and messages in words."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client
from clients.preferences import Stated
from core import words
from notifications.models import Message
from referrals.models import Choice, Placement, Referral
from referrals.presenters.talking import TalkingPoint, talking_points
from referrals.selectors.own import choices_of
from referrals.words import first_name
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


def choice_rows(choices: Iterable[Choice], *, waiting: Collection[int] = ()) -> list[ChoiceRow]:
    """Return the list in words. `waiting`: therapists on whose list she is, which says more than "not asked yet"."""
    return [
        ChoiceRow(rank, row.therapist.display_name, _choice_words(row, row.therapist_id in waiting))
        for rank, row in enumerate(choices, 1)
    ]


def _choice_words(row: Choice, waiting: bool) -> str:
    if waiting and row.state == Choice.State.UNTRIED:
        return _("You wait for a place")
    return str(STATE_WORDS[Choice.State(row.state)])


def next_steps(referral: Referral) -> list[str]:
    """Return what can come after the panel's "now": the next on the list, how she is told, where she can look."""
    untried = [row.therapist.display_name for row in choices_of(referral) if row.state == Choice.State.UNTRIED]
    lines = []
    if untried:
        lines.append(
            _("If it is not possible, we ask %(name)s the same day and tell you.") % {"name": first_name(untried[0])}
        )
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
