"""Deadlines by nation: the pure calendar of core.working_calendar over the bank holidays in the database."""

import time as system_time
from datetime import date, datetime, time

from django.conf import settings

from core.choices import Nation
from core.models import BankHoliday
from core.working_calendar import (
    DAY_ENDS,
    WorkingCalendar,
    answering_days_clean,
    next_waking_moment,
    outside_quiet_hours,
    waking_hours_after,
    waking_time_between,
)

__all__ = [
    "answer_due",
    "answering_days_clean",
    "calendar",
    "holidays",
    "next_waking_moment",
    "outside_quiet_hours",
    "waking_hours_after",
    "waking_time_between",
    "working_days_after",
]

_cached: dict[str, tuple[float, frozenset[date]]] = {}


def holidays(nation: str) -> frozenset[date]:
    """Return the nation's bank holidays; kept in the process for settings.REFERENCE_CACHE_SECONDS.

    Raises ValueError for an unknown nation: a deadline by the wrong calendar would be printed to somebody.
    """
    nation = Nation(nation).value
    age_limit = settings.REFERENCE_CACHE_SECONDS
    kept = _cached.get(nation)
    if kept and system_time.monotonic() - kept[0] < age_limit:
        return kept[1]
    days = frozenset(BankHoliday.objects.filter(nation=nation).values_list("date", flat=True))
    _cached[nation] = (system_time.monotonic(), days)
    return days


def calendar(nation: str) -> WorkingCalendar:
    """Return the nation's calendar; ask once and use it for many therapists."""
    return WorkingCalendar(holidays(nation))


def answer_due(*, answering_days_mask: int, nation: str, start: datetime) -> datetime:
    """Return when a therapist's answer is due. See WorkingCalendar.answer_due."""
    return calendar(nation).answer_due(answering_days_mask=answering_days_mask, start=start)


def working_days_after(start: datetime, n: int, nation: str, at: time = DAY_ENDS) -> datetime:
    """Return a clock time of the n-th working day after `start`'s date. See WorkingCalendar."""
    return calendar(nation).working_days_after(start, n, at)
