"""Moments and dates as people say them, in London's time."""

import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from core import clock


def day(date: datetime.date) -> str:
    """Return "Tuesday 24 November", with the year when it is not this one. A datetime is taken in London's time."""
    if isinstance(date, datetime.datetime):
        date = date.astimezone(clock.LONDON).date()
    return formats.date_format(date, "l j F" if date.year == clock.today().year else "l j F Y")


def hour(moment: datetime.datetime | datetime.time) -> str:
    """Return "2pm", "2.30pm", "midday" or "midnight"."""
    if isinstance(moment, datetime.datetime):
        moment = moment.astimezone(clock.LONDON).time()
    if (moment.hour, moment.minute) == (12, 0):
        return _("midday")
    if (moment.hour, moment.minute) == (0, 0):
        return _("midnight")
    minutes = f".{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def when(moment: datetime.datetime) -> str:
    """Return "Tuesday 24 November, 2pm" for an aware moment."""
    return f"{day(moment)}, {hour(moment)}"


def short(moment: datetime.datetime) -> str:
    """Return "Wed 25 Nov, 6pm" for an aware moment, for a text message. It lies within the next year."""
    return f"{formats.date_format(moment.astimezone(clock.LONDON).date(), 'D j M')}, {hour(moment)}"
