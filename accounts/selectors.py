"""Reading people and the duty rota."""

import datetime

from accounts.models import DutyShift
from core.choices import Role


def on_duty(now: datetime.datetime) -> DutyShift | None:
    """Return the shift that covers `now`, or else the next one; None when the published rota has no more.

    Shifts of somebody who cannot sign in or is no safety clinician that day do not count: nobody would call.
    """
    shifts = DutyShift.objects.filter(ends_at__gte=now, user__is_active=True).select_related("user")
    for shift in shifts.order_by("starts_at", "pk"):
        if Role.SAFETY_CLINICIAN in shift.user.active_roles(shift.starts_at.date()):
            return shift
    return None
