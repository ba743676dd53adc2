"""Telling a topic's handler what became of its message, in the transaction that records it.

`handler.sent(message)`: it was handed over (or posted) at `message.sent_at`.
`handler.failed(message)`: the recipient does not have it. `message.state` says why: failed (given up; never handed
over), bounced (handed over, then sent back) or to_print (a letter marked as posted by mistake). When a person tries
again with success, it is `sent` again, with a new `sent_at`.

Both are optional and may take locks of their own in the order of the platform: nobody waits for a message's row while
holding one of those. What a hook raises is logged and undone; the record stands, and `handed_over_at` tells it later.
"""

import logging

from django.db import transaction

from notifications import topics
from notifications.models import Message

logger = logging.getLogger(__name__)


def tell_sent(message: Message) -> None:
    """Tell the handler that the message was handed over. Never raises."""
    _tell(message, "sent")


def tell_failed(message: Message) -> None:
    """Tell the handler that the recipient does not have the message. Never raises."""
    _tell(message, "failed")


def _tell(message: Message, outcome: str) -> None:
    try:
        hook = getattr(topics.handler_of(message.topic), outcome, None)
    except topics.UnknownTopic:
        return
    if hook is None:
        return
    try:
        with transaction.atomic():
            hook(message)
    except Exception:
        logger.exception("message %s: %s was not told that it %s", message.pk, message.topic, outcome)
