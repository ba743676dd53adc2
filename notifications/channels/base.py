"""What a channel is given, and how it says that it could not deliver."""

from dataclasses import dataclass

from notifications.topics import Address, Rendered


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message, ready to go. `message_id` is the same at every attempt; `to_staff` decides about the footer.

    `repeated`: there was an attempt before, of which it is not known whether the message got through.
    """

    message_id: str
    address: Address
    words: Rendered
    to_staff: bool
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider knows of a message it took: still on its way, arrived, or (`failure`, a code) never to arrive."""

    arrived: bool = False
    failure: str = ""


class DeliveryProblem(Exception):
    """`code` is short and names nobody: it is stored and logged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TryAgain(DeliveryProblem):
    """It may work later. `whole_channel`: nothing else would go through now either."""

    def __init__(self, code: str, *, whole_channel: bool = False) -> None:
        super().__init__(code)
        self.whole_channel = whole_channel


class NeverDelivered(DeliveryProblem):
    """Trying again cannot help: a person must look at it."""
