"""The safety clinicians' duty rota. People are told "somebody will call by": these rows are that promise."""

import datetime

from django.db import transaction

from accounts.models import DutyShift, User
from core import audit, clock
from core.actors import Actor
from core.choices import Role


class ShiftRefused(ValueError):
    """The shift cannot be. `code`: "not_a_safety_clinician", "past", "overlap", "length"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def duty_shift_add(*, user: User, starts_at: datetime.datetime, ends_at: datetime.datetime, actor: Actor) -> DutyShift:
    """Put somebody on duty. The very same shift again gives the row there is. Raises ShiftRefused."""
    if not datetime.timedelta() < ends_at - starts_at <= datetime.timedelta(hours=24):
        raise ShiftRefused("length")
    if ends_at <= clock.now():
        raise ShiftRefused("past")
    if Role.SAFETY_CLINICIAN not in user.active_roles(starts_at.astimezone(clock.LONDON).date()):
        raise ShiftRefused("not_a_safety_clinician")
    with transaction.atomic():
        # One rota, written by few people: locking the person's row is enough against a second click.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        meets = user.duty_shifts.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
        if same := meets.filter(starts_at=starts_at, ends_at=ends_at).first():
            return same
        if meets.exists():
            raise ShiftRefused("overlap")
        shift = DutyShift.objects.create(user=user, starts_at=starts_at, ends_at=ends_at)
        audit.record_write(
            actor=actor, verb="duty_shift_add", obj_type="duty_shift", obj_id=shift.pk, obj_label=user.name
        )
    return shift


def duty_shift_remove(*, shift: DutyShift, actor: Actor) -> None:
    """Take a shift off the rota. Promises already printed stay with their task, which names its due time."""
    label = f"{shift.user} {shift.starts_at.isoformat()} {shift.ends_at.isoformat()}"
    with transaction.atomic():
        audit.record_write(
            actor=actor, verb="duty_shift_remove", obj_type="duty_shift", obj_id=shift.pk, obj_label=label
        )
        shift.delete()
