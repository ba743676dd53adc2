"""What the desk shows: figures, what is overdue, and one referral by what somebody can say on the phone."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from core.actors import Actor
from referrals.models import Referral
from referrals.selectors.scope import referrals_visible_to


@dataclass(frozen=True, slots=True)
class Figures:
    """How many referrals are open, how many of them have nobody who acts next, how many are past their time."""

    open: int
    unowned: int
    overdue: int


def figures(actor: Actor, *, now: datetime.datetime) -> Figures:
    """Count what the actor may see. One query.

    `unowned` is counted although a constraint forbids it: the line on the desk is a measurement, not a promise.
    """
    is_open = ~Q(state=Referral.State.CLOSED)
    counts = referrals_visible_to(actor).aggregate(
        open=Count("pk", filter=is_open),
        unowned=Count("pk", filter=is_open & (Q(action_owner="") | Q(due_at__isnull=True))),
        overdue=Count("pk", filter=is_open & Q(due_at__lt=now)),
    )
    return Figures(**counts)


def overdue(actor: Actor, *, now: datetime.datetime) -> QuerySet[Referral]:
    """Return open referrals past their time or without an owner, the longest first."""
    stuck = Q(due_at__lt=now) | Q(due_at__isnull=True) | Q(action_owner="")
    rows = referrals_visible_to(actor).exclude(state=Referral.State.CLOSED).filter(stuck)
    return rows.order_by("due_at", "pk")


def by_reference(actor: Actor, reference: str) -> Referral | None:
    """Return the referral with this (clean) reference, if the actor may see it."""
    return referrals_visible_to(actor).filter(reference=reference).first()
