"""Doing what was pressed, where the page may be old."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

from referrals.errors import Refused
from referrals.transitions import NotAllowed


def attempt(request: HttpRequest, act: Callable[[], object], *, overtaken: str | Promise) -> bool:
    """Do it; a page that was overtaken says so in words instead. Returns whether it was done."""
    try:
        act()
    except Refused as refused:
        messages.info(request, str(refused))
    except NotAllowed:
        messages.info(request, str(overtaken))
    else:
        return True
    return False
