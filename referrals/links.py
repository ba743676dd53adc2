"""Addresses for messages and tasks. Apps above register how theirs are made; they hold ids, never a name."""

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse

LinkBuilder = Callable[[int], str]
_builders: dict[str, LinkBuilder] = {}


def register(name: str, builder: LinkBuilder) -> None:
    """Say how the path of a page about a row is made: "request" takes an offer's pk, "placement" a placement's."""
    _builders[name] = builder


def path(name: str, pk: int) -> str:
    """Return the registered page's path. Raises LookupError when no app registered it."""
    return _builders[name](pk)


def absolute(path_: str) -> str:
    """Return the address for a message."""
    return settings.SITE_URL.rstrip("/") + path_


def my_referral() -> str:
    """Return where a client signs in to her referral: the same for everybody, so a link says nothing about anyone."""
    return absolute(reverse("referrals:my_referral"))
