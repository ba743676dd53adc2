"""The kinds of task that messages raise."""

from django.utils.translation import gettext_lazy as _

from core import clock, worklist
from core.actors import Actor
from core.choices import Nation, Role
from core.working_time import working_days_after
from notifications.models import Message

FAILED = "message_failed"
BOUNCED = "message_bounced"
LETTER = "letter_to_print"


def register() -> None:
    worklist.register_kind(
        FAILED,
        _("A message could not be delivered"),
        _("Reach the person in another way, correct the address, then send the message again."),
    )
    worklist.register_kind(
        BOUNCED,
        _("A message came back"),
        _("It was sent and did not arrive. Reach the person in another way, correct the address, then send it again."),
    )
    worklist.register_kind(LETTER, _("A letter to print"), _("Print the letter, post it, and mark it as posted."))


def raise_task(kind: str, message: Message, *, actor: Actor, **detail: str) -> None:
    """Ask the coordinators to deal with a message by the end of the next working day. `detail` holds codes."""
    worklist.task_open(
        kind=kind,
        subject_type="message",
        subject_id=message.pk,
        owner_role=Role.COORDINATOR,
        due_at=working_days_after(clock.now(), 1, Nation.ENGLAND),
        actor=actor,
        detail={"topic": message.topic, **detail},
    )
