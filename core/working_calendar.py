"""Deadlines in working and waking hours, as pure functions of a set of bank holidays.

Every window is half open, (open, close]: something due at 5pm may still be done at 5pm sharp. All clock times are
London's, so a deadline stays at 5pm on both days of the year when the clocks change. Moments go in aware and come out
in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from core.clock import LONDON

DAY_ENDS = time(17)
WAKING = (time(8), time(20))
QUIET_ENDS, QUIET_STARTS = time(8), time(21)
ANSWERING_DAYS = 2
ANSWER_CAP_WORKING_DAYS = 3
_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def at_london(day: date, at: time) -> datetime:
    """Return a London clock time as a moment in UTC. The same few edges are asked for thousands of times a tick."""
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def london_date(moment: datetime) -> date:
    """Return the London date of an aware moment."""
    return moment.astimezone(LONDON).date()


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """One nation's working days: Monday to Friday without its bank holidays."""

    holidays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def working_days_after(self, start: datetime, n: int, at: time = DAY_ENDS) -> datetime:
        """Return clock time `at` of the n-th working day after `start`'s own London date, which never counts.

        Raises ValueError for n below 1.
        """
        if n < 1:
            raise ValueError("a deadline lies at least one working day ahead")
        day = london_date(start)
        while n:
            day += _ONE_DAY
            n -= self.is_working_day(day)
        return at_london(day, at)

    def answer_due(self, *, answering_days_mask: int, start: datetime) -> datetime:
        """Return when a therapist's answer to a request made at `start` is due.

        That is 5pm of her second answering day. A day counts when its weekday is in the mask (bit 0 is Monday), it is
        no bank holiday, and the request was made before its 5pm: one made on Monday at 10am has Monday as its first
        day, one made at 5pm sharp has Tuesday. Never later than 5pm of the third working day after the request, which
        also holds when the mask leaves fewer than two days before then.
        """
        latest = self.working_days_after(start, ANSWER_CAP_WORKING_DAYS)
        day, counted = london_date(start), 0
        while (ends := at_london(day, DAY_ENDS)) < latest:
            answers = answering_days_mask >> day.weekday() & 1 and day not in self.holidays
            counted += bool(answers and start < ends)
            if counted == ANSWERING_DAYS:
                return ends
            day += _ONE_DAY
        return latest


def answering_days_clean(mask: int) -> int:
    """Return a mask of answering days. Raises ValueError below two days a week or outside seven bits."""
    if not 0 <= mask < 128:
        raise ValueError("a week has seven days")
    if mask.bit_count() < ANSWERING_DAYS:
        raise ValueError("at least two answering days a week")
    return mask


def waking_hours_after(start: datetime, hours: float) -> datetime:
    """Return the moment when `hours` of waking time (8am to 8pm, every day) have passed since `start`.

    For hours above zero it lies in (8am, 8pm]. Raises ValueError otherwise.
    """
    if hours <= 0:
        raise ValueError("the time to answer must be longer than nothing")
    left = timedelta(hours=hours)
    day = london_date(start)
    while True:
        opens, closes = (at_london(day, edge) for edge in WAKING)
        begins = max(start, opens)
        if begins < closes and closes - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= max(closes - begins, timedelta())
        day += _ONE_DAY


def waking_time_between(start: datetime, end: datetime) -> timedelta:
    """Return how much waking time lies between two moments; nothing when `end` is not after `start`."""
    day, last, awake = london_date(start), london_date(end), timedelta()
    while day <= last:
        opens, closes = (at_london(day, edge) for edge in WAKING)
        awake += max(min(end, closes) - max(start, opens), timedelta())
        day += _ONE_DAY
    return awake


def next_waking_moment(start: datetime) -> datetime:
    """Return `start` when it lies in [8am, 8pm), else the next 8am."""
    return _next_inside(start, *WAKING)


def outside_quiet_hours(start: datetime) -> datetime:
    """Return `start` when a message may go out then, in [8am, 9pm), else the next 8am."""
    return _next_inside(start, QUIET_ENDS, QUIET_STARTS)


def _next_inside(start: datetime, opens: time, closes: time) -> datetime:
    day = london_date(start)
    if start < at_london(day, opens):
        return at_london(day, opens)
    if start < at_london(day, closes):
        return start
    return at_london(day + _ONE_DAY, opens)
