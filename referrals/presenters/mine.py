"""The client's own list and messages in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import words
from notifications.models import Message
from referrals.models import Choice

# Never "declined" or "rejected": a no says something about a week, not about a person.
STATE_WORDS = {
    Choice.State.UNTRIED: gettext_lazy("Not asked yet"),
    Choice.State.ASKED: gettext_lazy("Asked. Waiting for an answer"),
    Choice.State.NO: gettext_lazy("Cannot offer a place at the moment"),
    Choice.State.UNANSWERED: gettext_lazy("Did not answer in time"),
    Choice.State.UNAVAILABLE: gettext_lazy("Cannot see people through Rapport at the moment"),
    Choice.State.YES: gettext_lazy("Said yes to a first meeting"),
    Choice.State.ENDED: gettext_lazy("You met"),
}


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    rank: int
    name: str
    state: str


def choice_rows(choices: Iterable[Choice]) -> list[ChoiceRow]:
    return [
        ChoiceRow(rank, row.therapist.display_name, str(STATE_WORDS[Choice.State(row.state)]))
        for rank, row in enumerate(choices, 1)
    ]


def message_rows(sent: Iterable[Message]) -> list[str]:
    """Return one line a message: how and when, never what it said."""
    return [
        _("%(how)s, %(when)s") % {"how": Message.Channel(row.channel).label, "when": words.when(row.sent_at)}
        for row in sent
        if row.sent_at is not None
    ]
