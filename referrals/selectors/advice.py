"""The page for people who wait, part by part."""

from referrals.models import WaitingAdvice


def waiting_advice() -> list[WaitingAdvice]:
    """Return the parts in their order."""
    return list(WaitingAdvice.objects.filter(active=True))
