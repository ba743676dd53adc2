"""Whatever is done by hand has a reason: in the referral's history, sealed, and in the audit entry of the act."""

from core.actors import Actor
from core.audit import record_write
from referrals.models import EventReason, Referral, ReferralEvent


def reason_require(reason: str) -> None:
    """Raises ValueError: nothing is done by hand without one."""
    if not reason.strip():
        raise ValueError("a reason is recorded with everything done by hand")


def reason_note(*, event: ReferralEvent, referral: Referral, verb: str, reason: str, actor: Actor) -> None:
    """Keep why, in the transaction of the act."""
    EventReason.objects.create(event=event, reason=reason.strip())
    record_write(
        actor=actor,
        verb=verb,
        obj_type="referral",
        obj_id=referral.pk,
        obj_label=referral.reference,
        reason=reason.strip(),
    )


def last_event(referral: Referral, action: str) -> ReferralEvent:
    """Return the event that a service has just written under this transaction's locks."""
    return ReferralEvent.objects.filter(referral=referral, action=action).latest("pk")
