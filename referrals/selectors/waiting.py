"""Since when somebody waits for a therapist, however many were asked meanwhile."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from referrals.models import Placement, Referral, ReferralEvent


def with_waiting_since(rows: QuerySet[Referral]) -> QuerySet[Any]:
    """Annotate `waiting_since`: when the choices were first sent, or when the last placement ended, or when the
    referral was last taken up again after it had been closed."""
    ended = Placement.objects.filter(referral=OuterRef("pk"), ended_at__isnull=False).order_by("-ended_at")
    again = ReferralEvent.objects.filter(referral=OuterRef("pk"), from_state=Referral.State.CLOSED).order_by("-pk")
    # PostgreSQL leaves out what is empty.
    since = Greatest("queue_from", Subquery(ended.values("ended_at")[:1]), Subquery(again.values("at")[:1]))
    return rows.annotate(waiting_since=since)
