"""Who on the published rota calls, and by when. Printed to people, so it is computed, never "within four hours"."""

import datetime
from dataclasses import dataclass

from accounts.models import DutyShift
from accounts.rota import shifts_from
from core import clock
from core.working_time import working_days_after

# Into a shift, the time within which a call that waited for it is made.
CALL_WITHIN = datetime.timedelta(hours=4)
# What is left of a shift when a call may still be promised in it.
ENOUGH_LEFT = datetime.timedelta(hours=1)
# How far ahead a published rota is trusted: beyond it we say that we cannot say when.
ROTA_REACH = datetime.timedelta(days=4)
ANY_DAY = datetime.time(13)


@dataclass(frozen=True, slots=True)
class CallPromise:
    """`by` is None in a gap of the rota: then nothing is promised. `name` is the first name of who calls."""

    by: datetime.datetime | None
    name: str
    user_id: int | None = None


def call_promise(now: datetime.datetime | None = None) -> CallPromise:
    """Return who calls by when, from the rota as it stands at this moment."""
    moment = now or clock.now()
    shift = shifts_from(moment).first()
    if shift is not None and shift.starts_at <= moment and shift.ends_at - moment < ENOUGH_LEFT:
        shift = shifts_from(shift.ends_at).first()
    if shift is None or shift.starts_at > moment + ROTA_REACH:
        return CallPromise(None, "")
    return CallPromise(_by(shift, moment), shift.user.name.split()[0], shift.user_id)


def task_due(promise: CallPromise, nation: str, now: datetime.datetime) -> datetime.datetime:
    """Return when the task is due: as promised, or in a gap of the rota by 1pm of the next working day."""
    return promise.by or working_days_after(now, 1, nation, ANY_DAY)


def _by(shift: DutyShift, moment: datetime.datetime) -> datetime.datetime:
    return min(shift.ends_at, max(moment, shift.starts_at) + CALL_WITHIN)
