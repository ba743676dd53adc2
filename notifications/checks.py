"""System checks of how messages leave."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Name, service and secret; the client takes the last two by position.
_API_KEY = re.compile(f".+-{_UUID}-{_UUID}")
# What only suits a developer's machine.
_STAY_HERE = ("sms.SinkFolder", "sms.Console")


@register
def check_channels(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Judge the settings of e-mail and text messages."""
    found: list[CheckMessage] = list(_notify())
    if settings.ENVIRONMENT == "production":
        found += _production()
    return found


def _production() -> Iterator[CheckMessage]:
    if settings.SMS_BACKEND.endswith(_STAY_HERE):
        yield Error("Text messages would not leave this machine: set SMS_BACKEND.", id="rapport.E009")
    if not settings.BOUNCE_ADDRESS or not settings.DISCREET_BOUNCE_ADDRESS:
        hint = "Set BOUNCE_ADDRESS and BOUNCE_ADDRESS_DISCREET (docs/channels.md)."
        yield Warning("Nobody would learn which e-mails came back.", hint=hint, id="rapport.W002")


def _notify() -> Iterator[CheckMessage]:
    if not settings.SMS_BACKEND.endswith("GovUkNotify"):
        return
    if not _API_KEY.fullmatch(settings.NOTIFY_API_KEY):
        yield Error("NOTIFY_API_KEY is not written as a key of GOV.UK Notify.", id="rapport.E010")
    if not re.fullmatch(_UUID, settings.NOTIFY_SMS_TEMPLATE_ID):
        yield Error("NOTIFY_SMS_TEMPLATE_ID is not the id of a template.", id="rapport.E011")
