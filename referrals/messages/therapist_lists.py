"""What therapists are told about their waiting lists: that there is something to answer, by when, and where.

Nothing about anybody stands in a message, not even how many people wait.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from core import clock
from core.words import when
from notifications.models import Message
from notifications.selectors import delivered
from notifications.topics import Address, Rendered, register
from referrals import links
from referrals.messages import topics
from referrals.messages.base import therapist_address, therapist_rendered
from referrals.models import WaitingListEntry

ASKED = WaitingListEntry.State.ASKED


class AboutAsk:
    """Somebody would like to wait for her, and her answer is awaited."""

    def __init__(self, *, reminder: bool) -> None:
        self._reminder = reminder

    def address(self, message: Message) -> Address | None:
        return therapist_address(message.recipient_id)

    def still_wanted(self, message: Message) -> bool:
        return WaitingListEntry.objects.filter(pk=message.subject_id, state=ASKED).exists()

    def render(self, message: Message) -> Rendered:
        entry = WaitingListEntry.objects.get(pk=message.subject_id)
        lines = [self._said()]
        if entry.answer_due_at is not None:
            by = _("Please answer by %(when)s. After that we ask somebody else.")
            lines.append(by % {"when": when(entry.answer_due_at)})
        return therapist_rendered(lines, links.absolute(links.path("list_ask", entry.pk)))

    def _said(self) -> str:
        if self._reminder:
            return _("A question about your waiting list still waits for your answer.")
        return _("Somebody would like to be on your waiting list.")


class AskGone:
    """Only where the question had reached her."""

    def address(self, message: Message) -> Address | None:
        return therapist_address(message.recipient_id)

    def still_wanted(self, message: Message) -> bool:
        asked = (topics.LIST_ASK, topics.LIST_ASK_REMINDER)
        return any(delivered(topic, "entry", message.subject_id) for topic in asked)

    def render(self, message: Message) -> Rendered:
        said = _("A question about your waiting list has been taken back. You do not need to do anything.")
        return therapist_rendered([said], links.absolute(links.path("waiting_list", 0)))


class StillYes:
    """Her yes to people on her list is some weeks old: one message for all of them, at most one a day."""

    def address(self, message: Message) -> Address | None:
        return therapist_address(message.recipient_id)

    def still_wanted(self, message: Message) -> bool:
        return _first_due(message.subject_id) is not None

    def render(self, message: Message) -> Rendered:
        said = _("People wait on your list. Would you still see them? It takes one press for all of them.")
        lines = [said]
        if due := _first_due(message.subject_id):
            by = _("Please answer by %(when)s. Until you do, no place of yours is offered to them.")
            lines.append(by % {"when": when(due)})
        return therapist_rendered(lines, links.absolute(links.path("still_yes", 0)))


def _first_due(therapist_id: int) -> datetime | None:
    rows = WaitingListEntry.objects.filter(
        therapist_id=therapist_id, state=ASKED, agreed_at__isnull=False, answer_due_at__gte=clock.now()
    )
    return rows.order_by("answer_due_at").values_list("answer_due_at", flat=True).first()


def register_all() -> None:
    """Register every topic about waiting lists to therapists."""
    register(topics.LIST_ASK, AboutAsk(reminder=False))
    register(topics.LIST_ASK_REMINDER, AboutAsk(reminder=True))
    register(topics.LIST_ASK_AGAIN, StillYes())
    register(topics.LIST_ENTRY_GONE, AskGone())
