"""The outbox: a message is a row written in the caller's transaction and delivered by a worker."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One message to one recipient. It holds ids only: words and addresses are looked up when it is sent.

    `subject_*` is what the message is about, `recipient_*` who gets it; the topic's handler knows both.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        LETTER = "letter", _("Letter")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        TO_PRINT = "to_print", _("To be printed and posted")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        BOUNCED = "bounced", _("Sent back")
        CANCELLED = "cancelled", _("No longer needed")

    topic = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    recipient_type = models.CharField(max_length=30)
    recipient_id = models.BigIntegerField()
    channel = models.CharField(max_length=10, choices=Channel)
    dedupe_key = models.CharField(max_length=160, unique=True)
    detail = models.JSONField(default=dict, blank=True)
    not_before = models.DateTimeField()
    # Never sent in quiet hours, however late the worker or often tried. Codes are not: somebody waits for them.
    quiet = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    # When the provider is asked next whether it arrived; empty: there is nobody to ask, or nothing left to learn.
    receipt_due = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], condition=models.Q(state="queued"), name="messages_to_send"),
            models.Index(
                fields=["receipt_due"], condition=models.Q(receipt_due__isnull=False), name="messages_to_ask_about"
            ),
            models.Index(
                fields=["claimed_at"], condition=models.Q(state__in=["failed", "bounced"]), name="messages_not_arrived"
            ),
            models.Index(fields=["subject_type", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"
