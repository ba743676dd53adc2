"""What a message is about. Apps above say, per topic, who gets it, whether it is still wanted, and its words.

The outbox itself holds ids only: addresses and words are looked up at the moment of sending, so that a safe contact
changed in between is obeyed.
"""

from dataclasses import dataclass
from typing import Protocol

from notifications.models import Message


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message may go. `to` is an e-mail address, a phone number (E.164) or a postal address in lines.

    `discreet`: neither a therapist's nor the service's name may appear. `language` is a code of settings.LANGUAGES.
    """

    channel: str
    to: str
    discreet: bool = False
    language: str = "en-gb"


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words. `subject` is neutral and names nobody; `html` empty: made from the text."""

    subject: str
    text: str
    html: str = ""


class Handler(Protocol):
    """What an app knows about its topic. All three are asked in the transaction that claims the message.

    A handler that wants to know what became of it has, besides, one or both of `sent(message: Message) -> None` and
    `failed(message: Message) -> None`: see notifications.outcomes.
    """

    def address(self, message: Message) -> Address | None:
        """Return where it goes now; None when no safe contact is known, which a person then has to look at."""

    def still_wanted(self, message: Message) -> bool:
        """Say whether the message is still true and wanted."""

    def render(self, message: Message) -> Rendered:
        """Return the words, in the recipient's language, which is active."""


class UnknownTopic(LookupError):
    """No app registered the topic."""


_handlers: dict[str, Handler] = {}


def register(topic: str, handler: Handler) -> None:
    """Say who knows about a topic. Called from AppConfig.ready."""
    _handlers[topic] = handler


def handler_of(topic: str) -> Handler:
    """Return who knows about a topic. Raises UnknownTopic."""
    try:
        return _handlers[topic]
    except KeyError:
        raise UnknownTopic(topic) from None
