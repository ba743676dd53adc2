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


class RegisterChange(models.Model):
    """Something that ranking reads has changed; written by triggers, read by every process before it ranks.

    `therapist_id` null: everything. `txid`: the transaction, because numbers of rows or times would pass over what a
    slow transaction commits late. Not a foreign key: the row outlives a therapist that was deleted.
    """

    therapist_id = models.BigIntegerField(null=True)
    txid = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.therapist_id} in {self.txid}"


class RegisterLog(models.Model):
    """One row about the log of changes. Whoever read up to before `pruned_below` has missed rows and must start anew.

    `generation` changes when the log is emptied. `prune_next`: what the next pruning removes.
    """

    generation = models.UUIDField()
    pruned_below = models.BigIntegerField(default=0)
    prune_next = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.generation)
