"""Reading the duty rota and who stands on it."""

import datetime

from django.db.models import Q, QuerySet

from accounts.models import DutyShift, User
from core import clock
from core.choices import Role


def shifts_from(moment: datetime.datetime) -> QuerySet[DutyShift]:
    """Return shifts that are not over at the moment, in their order, with who is on duty."""
    return DutyShift.objects.filter(ends_at__gt=moment).select_related("user").order_by("starts_at", "pk")


def safety_clinicians() -> list[User]:
    """Return everybody who holds the role today."""
    today = clock.today()
    current = Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=today)
    rows = User.objects.filter(
        current, is_active=True, memberships__role=Role.SAFETY_CLINICIAN, memberships__starts_on__lte=today
    )
    return list(rows.distinct().order_by("name"))


def user_of(pk: int) -> User | None:
    """Return who signs in with this pk."""
    return User.objects.filter(pk=pk).first()
