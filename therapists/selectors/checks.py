"""Which registrations somebody has to look up again."""

import datetime

from django.db.models import QuerySet

from therapists.models import Registration


def checks_due(*, on: datetime.date) -> QuerySet[Registration]:
    """Return registrations of therapists whose next check by hand falls on that day or before."""
    return Registration.objects.filter(therapist__isnull=False, next_check__lte=on).order_by("next_check", "pk")
