"""Ways a message leaves the platform. Each sends one rendered message or raises one of the errors of `base`."""

from collections.abc import Callable

from notifications.channels import email, sms
from notifications.channels.base import Parcel
from notifications.models import Message

SENDERS: dict[str, Callable[[Parcel], None]] = {Message.Channel.EMAIL: email.send, Message.Channel.SMS: sms.send}


def gives_receipts(channel: str) -> bool:
    """Say whether somebody can be asked later whether a message of this channel arrived."""
    return channel == Message.Channel.SMS and sms.gives_receipts()
