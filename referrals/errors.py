"""What can go wrong in an ordinary way. Each one's text is a sentence for the person, translated when it is shown."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from referrals.transitions import NotAllowed

if TYPE_CHECKING:
    from referrals.models import Referral

__all__ = [
    "AlreadyOpen",
    "AlreadySaidNo",
    "Busy",
    "CallFirst",
    "ChannelNotProved",
    "DraftGone",
    "ExtendWrong",
    "Incomplete",
    "ListFull",
    "NotAllowed",
    "NotListed",
    "NotMergeable",
    "OfferGone",
    "PauseDateWrong",
    "PlaceDateWrong",
    "PlaceGone",
    "Refused",
    "TooLate",
]


class Refused(Exception):
    """The base of errors a page shows beside what was typed."""


class DraftGone(Refused):
    def __str__(self) -> str:
        return _("What you wrote has been deleted, because nothing was changed for four weeks. Please start again.")


class Incomplete(Refused):
    """`missing`: the names of the answers that sending needs (see Answers.missing)."""

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__()
        self.missing = tuple(missing)

    def __str__(self) -> str:
        return _("Some answers are still missing.")


class ChannelNotProved(Refused):
    def __str__(self) -> str:
        return _("First enter the code we sent you, so that we know our messages reach you and nobody else.")


class AlreadyOpen(Refused):
    """The same person, by the same proved channel, has an open referral."""

    def __init__(self, referral: "Referral") -> None:
        super().__init__()
        self.referral = referral

    def __str__(self) -> str:
        return _("You already have a request with us. You can change it on the page “My referral”.")


class OfferGone(Refused):
    def __str__(self) -> str:
        return _("This request has ended: the time to answer is over, or somebody else has been asked.")


class ListFull(Refused):
    def __str__(self) -> str:
        return _("This waiting list takes nobody more at the moment.")


class PlaceGone(Refused):
    """The place that was offered has gone on, or its time is over; she is still on the list."""

    def __str__(self) -> str:
        return _("That place has gone to someone else. You are still on the list, and your wait still counts.")


class NotListed(Refused):
    """`reasons`: codes of therapists.selectors.standing.REASONS."""

    def __init__(self, reasons: Iterable[str]) -> None:
        super().__init__()
        self.reasons = tuple(reasons)

    def __str__(self) -> str:
        return _("You cannot take anybody new at the moment. Your page “Today” says why.")


class Busy(Refused):
    def __str__(self) -> str:
        return _("Somebody else is changing this right now. Please try again.")


class CallFirst(Refused):
    """A human speaks with the client before anybody else is asked. `promise`: the sentence that says by when."""

    def __init__(self, promise: str) -> None:
        super().__init__()
        self.promise = promise

    def __str__(self) -> str:
        return _("Before we ask anybody else we would like to speak with you. %(promise)s") % {"promise": self.promise}


class PlaceDateWrong(Refused, ValueError):
    def __str__(self) -> str:
        return _("Enter the date from which you offer this place again: today or later.")


class PauseDateWrong(Refused, ValueError):
    def __str__(self) -> str:
        return _("Enter the day you are back: from tomorrow, and no more than three months ahead.")


class AlreadySaidNo(Refused):
    """`therapist_ids`: who on the new list has said no to this referral before, or may not be asked."""

    def __init__(self, therapist_ids: Iterable[int]) -> None:
        super().__init__()
        self.therapist_ids = tuple(therapist_ids)

    def __str__(self) -> str:
        return _("Somebody on your list cannot be asked again. Please choose somebody else.")


class TooLate(Refused):
    def __str__(self) -> str:
        return _("The time to undo this is over. You can start again at any time.")


class ExtendWrong(Refused, ValueError):
    def __str__(self) -> str:
        return _("Choose a time after the present one, between 8am and 8pm, and at most two weeks from now.")


class NotMergeable(Refused):
    """`code`: same_client, closed (one of them), seen (the one to close has a therapist)."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def __str__(self) -> str:
        said = {
            "same_client": _("These are one record already."),
            "closed": _("One of the two is closed. There is nothing left to make one of."),
            "seen": _("The one that would be closed has a therapist. Keep that one, or end the meeting there first."),
        }
        return said[self.code]
