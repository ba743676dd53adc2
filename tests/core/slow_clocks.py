"""The rules of the clocks once more, one minute after the other: slow, and too simple to be wrong in the same way.

Starts lie on whole minutes.
"""

import datetime as dt

from core.clock import LONDON

MINUTE = dt.timedelta(minutes=1)


def minutes_after(start):
    """Yield each later minute with its clock time in London."""
    moment = start
    while True:
        moment += MINUTE
        yield moment, moment.astimezone(LONDON)


def waking_hours_after(start, hours):
    """Count the minutes that begin between 8am and 8pm; the deadline is the end of the last one."""
    left = hours * 60
    for moment, _ in minutes_after(start):
        began = (moment - MINUTE).astimezone(LONDON)
        left -= 8 <= began.hour < 20
        if not left:
            return moment
    raise AssertionError


def waking_minutes_between(start, end):
    return sum(8 <= (start + number * MINUTE).astimezone(LONDON).hour < 20 for number in range((end - start) // MINUTE))


def working_days_after(start, n, holidays):
    """Wait for the n-th 5pm of a working day on another date than the start's."""
    first = start.astimezone(LONDON).date()
    for moment, local in minutes_after(start):
        day = local.date()
        if local.time() == dt.time(17) and day > first and day.weekday() < 5 and day not in holidays:
            n -= 1
            if not n:
                return moment
    raise AssertionError


def answer_due(start, mask, holidays):
    """Wait for the second 5pm of an answering day, or for the third working day's."""
    latest = working_days_after(start, 3, holidays)
    seen = 0
    for moment, local in minutes_after(start):
        answers = mask >> local.weekday() & 1 and local.date() not in holidays
        seen += bool(answers and local.time() == dt.time(17))
        if seen == 2 or moment == latest:
            return moment
    raise AssertionError
