"""What happens inside a placement."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.models import Placement


class Ending(models.Model):
    """How therapy ended, coded, and what becomes of the place."""

    class PlaceThen(models.TextChoices):
        NOW = "now", _("Offer this place now")
        FROM_DATE = "from_date", _("Offer it from a date")
        NOT_YET = "not_yet", _("Not yet")

    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="ending")
    code = models.CharField(max_length=40)
    place_then = models.CharField(max_length=10, choices=PlaceThen, default=PlaceThen.NOT_YET)
    place_from = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"ending of {self.placement_id}"
