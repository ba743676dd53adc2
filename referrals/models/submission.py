"""What somebody typed, not yet true."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedJSONField, EncryptedTextField
from core.personal import PersonalData


class Submission(models.Model):
    """A draft of a referral: sealed answers behind a token, expiring. `referral_submit` turns it into facts.

    `token_digest` is the SHA-256 of the token; `seed` is made here and carried to the referral, so that the list stays
    the same. The unique submitted_referral makes a second sending of the same draft give the same referral.
    """

    personal = PersonalData(
        scope="whoever holds the token",
        keep="drafts 28 days after the last change; sent ones are emptied when they become a referral",
        audit="submission_* services; drafts carry no identity before safe contact",
    )

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Sent")
        EXPIRED = "expired", _("Expired")

    token_digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    answers = EncryptedJSONField(default=dict)
    seed = models.DecimalField(max_digits=20, decimal_places=0)
    channel = models.CharField(max_length=8, blank=True)
    channel_address = EncryptedTextField(blank=True)
    channel_proved_at = models.DateTimeField(null=True, blank=True)
    return_code_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(state="draft"), name="drafts_by_expiry")]

    def __str__(self) -> str:
        return f"submission {self.pk}"
