"""System checks of settings: what must hold before this installation may serve anybody."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from core import bank_holidays
from core.models import BankHoliday

# Parts of the keys and secrets that stand in the source for local runs and tests.
PUBLIC_SECRETS = ("local-only", "test-only")
PUBLIC_KEY_ID = "local"


@register
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Judge the settings; the production rules only where the settings say they are production's."""
    found: list[CheckMessage] = list(_encryption_keys())
    if settings.ENVIRONMENT == "production":
        found += _production()
    return found


@register(Tags.database)
def check_bank_holidays(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn when deadlines some months ahead would be counted without bank holidays (check --database default)."""
    # Before the first migration there is no table to look at.
    if "default" not in (databases or ()) or BankHoliday._meta.db_table not in connection.introspection.table_names():
        return []
    return [
        Warning(
            f"Bank holidays of {nation} are known until {end:%Y-%m-%d} only.",
            hint="Load the official file: manage.py load_bank_holidays PATH",
            id="rapport.W001",
        )
        for nation, end in bank_holidays.nations_running_out().items()
    ]


def _production() -> Iterator[Error]:
    if settings.CLOCK_OFFSET_FILE:
        yield Error("The clock can be moved: unset CLOCK_OFFSET_FILE.", id="rapport.E001")
    if settings.LOCAL_PAGES:
        yield Error("The local pages are on: they sign in without a password.", id="rapport.E002")
    if settings.DEBUG:
        yield Error("DEBUG is on: error pages would show what people wrote.", id="rapport.E004")
    if settings.SECRET_KEY in PUBLIC_SECRETS:
        yield Error("SECRET_KEY is one of those in the source.", id="rapport.E005")
    if any(key.split(":", 1)[0] == PUBLIC_KEY_ID for key in settings.FIELD_ENCRYPTION_KEYS):
        yield Error("FIELD_ENCRYPTION_KEYS holds the key that stands in the source.", id="rapport.E006")
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Error("Messages would not leave this process: EMAIL_BACKEND must be SMTP.", id="rapport.E007")
    if not settings.SITE_URL.startswith("https://"):
        yield Error("Links in messages would not be secure: SITE_URL must start with https://.", id="rapport.E008")


def _encryption_keys() -> Iterator[Error]:
    if not settings.FIELD_ENCRYPTION_KEYS:
        yield Error("FIELD_ENCRYPTION_KEYS is empty: nothing personal could be stored.", id="rapport.E003")
    for key in settings.FIELD_ENCRYPTION_KEYS:
        name, _, value = key.partition(":")
        if not name or not _is_32_bytes(value):
            yield Error("An entry of FIELD_ENCRYPTION_KEYS is not written as id:base64 of 32 bytes.", id="rapport.E003")


def _is_32_bytes(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 32
    except binascii.Error:
        return False
