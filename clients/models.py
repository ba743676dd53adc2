"""The person seeking help. Knows nothing of therapists."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.choices import Nation
from core.fields import EncryptedJSONField, EncryptedTextField
from core.personal import PersonalData


class Preferences(models.Model):
    """What somebody stated, item by item, each with a strength. Immutable, and without an owner.

    `data` is the canonical form of clients.preferences.Stated; `digest` its SHA-256.
    """

    personal = PersonalData(
        scope="through a referral only",
        keep="no automatic end yet: the controller sets the time, commonly 8 years after the referral closes",
        audit="immutable; recorded with the referral",
    )

    version = models.PositiveSmallIntegerField()
    data = EncryptedJSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return self.digest[:12]


class Client(models.Model):
    """Identity and safe contact. Everything that names the person is sealed; digests serve exact look-ups only."""

    personal = PersonalData(
        scope="through a referral or a placement only",
        keep="no automatic end yet: the controller sets the time, commonly 8 years after the referral closes",
        audit="clients services write the audit; every read of a record is an AccessEntry",
    )

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        LETTER = "letter", _("Letter")
        PHONE = "phone", _("Phone call")

    given_name = EncryptedTextField()
    family_name = EncryptedTextField()
    preferred_name = EncryptedTextField(blank=True)
    date_of_birth = EncryptedTextField()
    nhs_number = EncryptedTextField(blank=True)
    postcode = EncryptedTextField(blank=True)
    nation = models.CharField(max_length=20, choices=Nation)
    email = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    address = EncryptedTextField(blank=True)
    contact_channel = models.CharField(max_length=8, choices=Channel)
    channel_proved_at = models.DateTimeField(null=True, blank=True)
    voicemail_ok = models.BooleanField(default=False)
    text_ok = models.BooleanField(default=False)
    letter_ok = models.BooleanField(default=False)
    call_times = EncryptedTextField(blank=True)
    discreet = models.BooleanField(default=False)
    language = models.CharField(max_length=8, default="en-gb")
    access_needs = EncryptedJSONField(default=dict)
    practice_code = models.CharField(max_length=10, blank=True)
    practice_name = models.CharField(max_length=160, blank=True)
    given_digest = models.CharField(max_length=64, db_index=True)
    family_digest = models.CharField(max_length=64, db_index=True)
    born_digest = models.CharField(max_length=64, db_index=True)
    postcode_digest = models.CharField(max_length=64, blank=True)
    nhs_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["nhs_digest"], condition=~models.Q(nhs_digest=""), name="one_client_per_nhs_number"
            )
        ]

    def __str__(self) -> str:
        return f"client {self.pk}"


class Consent(models.Model):
    """Permission to share one item with one kind of recipient. Append-only: the newest row per item counts."""

    personal = PersonalData(
        scope="through its client",
        keep="no automatic end yet: the controller sets the time, commonly 8 years after the referral closes",
        audit="append-only; is its own record",
    )

    class Decision(models.TextChoices):
        GIVEN = "given", _("Yes")
        REFUSED = "refused", _("No")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consents")
    item = models.CharField(max_length=60)
    decision = models.CharField(max_length=10, choices=Decision)
    route = models.CharField(max_length=30)
    recorded_by = models.CharField(max_length=120)
    wording = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "item", "at"])]

    def __str__(self) -> str:
        return f"{self.item}: {self.decision}"
