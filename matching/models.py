"""Weights as dated rows with an author, and the record of each ranking somebody acted on."""

from django.db import models

from clients.models import Preferences


class WeightSet(models.Model):
    """Weights by domain, in hundredths. The newest row is in force; old rows stay, because runs name them."""

    preset = models.CharField(max_length=20)
    weights = models.JSONField()
    author = models.CharField(max_length=120)
    reason = models.CharField(max_length=400)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.preset} {self.pk}"


class MatchRun(models.Model):
    """What was ranked when choices were submitted or changed: inputs by version, and the first of the list."""

    preferences = models.ForeignKey(Preferences, on_delete=models.PROTECT, related_name="match_runs")
    weight_set = models.ForeignKey(WeightSet, on_delete=models.PROTECT, related_name="match_runs")
    seed = models.DecimalField(max_digits=20, decimal_places=0)
    as_of = models.DateTimeField()
    register_version = models.CharField(max_length=40)
    engine_version = models.CharField(max_length=20)
    eligible = models.PositiveIntegerField()
    first_ids = models.JSONField()

    def __str__(self) -> str:
        return f"run {self.pk}"
