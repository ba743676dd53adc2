"""Safety questions as rows, so that what alarms is data a clinician can read and change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.choices import Role
from core.fields import EncryptedTextField
from core.personal import PersonalData
from referrals.models.referral import Referral
from referrals.models.submission import Submission


class SafetyQuestion(models.Model):
    """`asked_if_*`: only asked when another question was answered with one of the values."""

    slug = models.SlugField(max_length=60, unique=True)
    text = models.CharField(max_length=300)
    hint = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField()
    optional = models.BooleanField(default=True)
    asked_if_question = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    asked_if_values = models.JSONField(default=list, blank=True)
    active = models.BooleanField(default=True)
    checked_on = models.DateField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.slug


class SafetyOption(models.Model):
    """One answer and what it sets off. `clock` names how the task's due time is found."""

    class Clock(models.TextChoices):
        NEXT_ON_ROTA = "next_on_rota", _("Next time on the duty rota")

    question = models.ForeignKey(SafetyQuestion, on_delete=models.CASCADE, related_name="options")
    value = models.SlugField(max_length=30)
    label = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField()
    show_help = models.BooleanField(default=False)
    open_task = models.BooleanField(default=False)
    owner_role = models.CharField(max_length=30, choices=Role, blank=True)
    clock = models.CharField(max_length=20, choices=Clock, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["question", "value"], name="one_option_per_value")]

    def __str__(self) -> str:
        return f"{self.question_id} {self.value}"


class CallRequest(models.Model):
    """Somebody left a number, perhaps before anything else is known of her. A trained person calls it."""

    personal = PersonalData(
        scope="safety clinicians, through the task to call",
        keep="28 days after the task is closed",
        audit="call_ask service; every read is an AccessEntry",
    )

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="call_requests")
    name = EncryptedTextField(blank=True)
    phone = EncryptedTextField()
    call_times = EncryptedTextField(blank=True)
    voicemail_ok = models.BooleanField(default=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"call request {self.pk}"


class SafetyAnswer(models.Model):
    """Write-only for the browser: shown back as "Answered". Kept even when the form is abandoned."""

    personal = PersonalData(
        scope="safety clinicians; the therapist after a first meeting is agreed; never shown back to the browser",
        keep="no automatic end yet: the controller sets the time, commonly 8 years after the referral closes",
        audit="every read is an AccessEntry",
    )

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="safety_answers")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="safety_answers")
    question = models.ForeignKey(SafetyQuestion, on_delete=models.PROTECT, related_name="answers")
    value = EncryptedTextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["submission", "question"])]

    def __str__(self) -> str:
        return f"safety answer {self.pk}"
