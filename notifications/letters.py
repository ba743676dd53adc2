"""Letters: printed by a person, with the words and the address of that moment."""

import logging
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation

from core import clock, worklist
from core.actors import Actor
from notifications import kinds, topics, wakeup
from notifications.models import Message
from notifications.selectors import letters_to_print
from notifications.topics import Address, Rendered

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it is printed. `problem`: it cannot be, and why nobody knows but the log."""

    message: Message
    address: Address | None = None
    words: Rendered | None = None
    problem: bool = False


def letter_of(message: Message) -> Letter | None:
    """Return the letter as it is to be printed now; None when it is not wanted any more, or not by post."""
    try:
        handler = topics.handler_of(message.topic)
        if not handler.still_wanted(message):
            return None
        address = handler.address(message)
        if address is None or address.channel != Message.Channel.LETTER:
            return None
        with translation.override(address.language):
            return Letter(message, address, handler.render(message))
    except Exception:
        # One topic's fault must not keep the others from being printed.
        logger.exception("message %s: the letter cannot be made", message.pk)
        return Letter(message, problem=True)


@transaction.atomic
def letter_recheck(*, message_id: int, actor: Actor) -> bool:
    """Take a letter that is not wanted any more off the list, and send one that goes elsewhere now on its way.

    Returns whether it was taken off the list. A letter whose handler falls over stays.
    """
    waiting = letters_to_print().filter(pk=message_id).select_for_update(skip_locked=True)
    message = waiting.first()
    if message is None or letter_of(message) is not None:
        return False
    wanted = topics.handler_of(message.topic).still_wanted(message)
    message.state = Message.State.QUEUED if wanted else Message.State.CANCELLED
    message.not_before = clock.now()
    message.save(update_fields=["state", "not_before"])
    worklist.tasks_cancel_for(kind=kinds.LETTER, subject_type="message", subject_id=message.pk, actor=actor)
    if wanted:
        wakeup.after_commit(message.pk)
    return True
