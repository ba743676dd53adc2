"""How far a therapist has been asked whether she still takes people."""

from django.db import models

from core.personal import PersonalData
from therapists.models.profile import Therapist


class ConfirmationAsk(models.Model):
    """The last message of this kind that was written to her, about which confirmation of hers.

    It stands beside the therapist and not on her row: whatever changes there makes every ranking read her anew. A row
    about an older `confirmed_at` than hers says nothing: she has been there since.
    """

    personal = PersonalData(
        scope="nobody: the scheduled task alone reads it",
        keep="one row, with its therapist",
        audit="the message itself stands in the outbox",
    )

    class Step(models.IntegerChoices):
        ASKED = 1
        LAST_DAY = 2
        OVER = 3

    therapist = models.OneToOneField(
        Therapist, on_delete=models.CASCADE, primary_key=True, related_name="confirmation_ask"
    )
    confirmed_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(choices=Step)

    def __str__(self) -> str:
        return f"{self.therapist_id} {self.step}"
