"""Leaving a page in a hurry, because somebody comes near, and what Back may show afterwards: nothing."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

from core import policy

LEFT_KEY = "left"
DO_NOT_SAVE_KEY = "do_not_save"
START = "referrals:start"

View = TypeVar("View", bound=Callable[..., Any])

_forgotten: set[str] = {policy.CLIENT_SESSION_KEY}


def forget(*session_keys: str) -> None:
    """Name session keys that must not survive leaving: what leads back to somebody's answers. For AppConfig.ready."""
    _forgotten.update(session_keys)


def left(request: HttpRequest) -> None:
    """Record that the person left: sign the client out, and let every page lead to the start until she returns."""
    for key in _forgotten:
        request.session.pop(key, None)
    request.session[LEFT_KEY] = True


def returned(request: HttpRequest) -> None:
    """Record that she came back on purpose."""
    request.session.pop(LEFT_KEY, None)


def open_after_leaving(view: View) -> View:
    """Keep a page open to somebody who left: help, and links from messages. Goes above the policy marker."""
    target: Any = view
    if isinstance(view, type):
        target = view.dispatch  # type: ignore[attr-defined]
    target.open_after_leaving = True
    return view
