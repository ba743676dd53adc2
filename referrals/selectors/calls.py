"""Calls that are owed to a client, as far as they decide what may happen next."""

from core.models import Task
from referrals import kinds
from referrals.models import Referral


def call_before_telling(referral: Referral) -> Task | None:
    """Return the open call after "they need more than I can safely offer". Until it is made nobody else is asked."""
    calls = Task.objects.filter(kind=kinds.CALL_BEFORE_TELLING, subject_type="referral", subject_id=referral.pk)
    return calls.filter(state=Task.State.OPEN).first()
