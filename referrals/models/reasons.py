"""Why somebody on the desk did what a referral's history tells."""

from django.db import models

from core.fields import EncryptedTextField
from core.personal import PersonalData
from referrals.models.referral import ReferralEvent


class EventReason(models.Model):
    """The words behind one event. Apart from the event, whose detail holds ids and codes only and cannot be sealed."""

    personal = PersonalData(
        scope="coordinators and safety clinicians, in the referral's history; never the client's page",
        keep="with its event",
        audit="written with its event, once; the audit entry of the act names it too",
    )

    event = models.OneToOneField(ReferralEvent, on_delete=models.PROTECT, related_name="reason")
    reason = EncryptedTextField()

    def __str__(self) -> str:
        return f"reason {self.pk}"
