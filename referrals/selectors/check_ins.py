"""Questions we ask people who wait: which one is open, and which may be due."""

from datetime import datetime

from referrals import clocks
from referrals.models import CheckIn, Referral


def open_check_in(referral: Referral) -> CheckIn | None:
    """Return the last time she was asked, while she has not answered; an answer that comes late is still taken."""
    last = referral.check_ins.order_by("-pk").first()
    return last if last is not None and last.answered_at is None else None


def missed_in_a_row(referral: Referral) -> int:
    """Return how many of the last check-ins went by without an answer."""
    missed = 0
    for asked in referral.check_ins.order_by("-pk")[: clocks.CHECK_INS_MISSED + 1]:
        if asked.answered_at is not None or asked.missed_at is None:
            break
        missed += 1
    return missed


def check_ins_due(now: datetime) -> list[int]:
    """Referrals that wait and are to be asked how it is going; who is on holiday is asked when she is back."""
    waiting = Referral.objects.filter(state=Referral.State.WAITING, check_in_at__lte=now, away_until=None)
    return list(waiting.order_by("check_in_at", "pk").values_list("pk", flat=True))


def check_ins_unanswered(now: datetime) -> list[int]:
    """Check-ins asked so long ago that no answer counts as silence."""
    unanswered = CheckIn.objects.filter(answered_at__isnull=True, missed_at__isnull=True)
    late = unanswered.filter(asked_at__lt=now - clocks.CHECK_IN_ANSWER)
    return list(late.order_by("asked_at", "pk").values_list("pk", flat=True))
