"""Weights as dated rows with an author, and the record of each ranking somebody acted on."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from clients.models import Preferences
from core.personal import PersonalData
from therapists.models import Therapist


class WeightSet(models.Model):
    """Weights by domain, in hundredths. The newest row is in force. Rows are only added (a trigger): runs name them.

    `again`: the older row that was chosen again.
    """

    preset = models.CharField(max_length=20)
    weights = models.JSONField()
    author = models.CharField(max_length=120)
    reason = models.CharField(max_length=400)
    again = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.preset} {self.pk}"


class MatchRun(models.Model):
    """What was ranked when choices were submitted or changed: inputs by version, and the first of the list.

    Never altered (a trigger). `shown`: the first of the list with what decided, see matching.records. `silent`: who
    read as not listed. `list_digest`: of everybody who fitted, in order, with their bands; `meaning_digest`: of what
    the statement's words meant in the reference data. Both are empty in runs from before they were kept.
    """

    personal = PersonalData(
        scope="coordinators, through the referral whose history names it",
        keep="with the referrals whose history names it; holds no name, only therapists' numbers and what was stated",
        audit="written by match_run_record; every reading of the page is a reading of the client's record",
    )

    preferences = models.ForeignKey(Preferences, on_delete=models.PROTECT, related_name="match_runs")
    statement_version = models.PositiveSmallIntegerField()
    weight_set = models.ForeignKey(WeightSet, on_delete=models.PROTECT, related_name="match_runs")
    seed = models.DecimalField(max_digits=20, decimal_places=0)
    as_of = models.DateTimeField()
    register_version = models.CharField(max_length=40)
    engine_version = models.CharField(max_length=20)
    order = models.CharField(max_length=10)
    offset = models.PositiveIntegerField()
    silent = models.JSONField(default=list)
    eligible = models.PositiveIntegerField()
    first_ids = models.JSONField()
    shown = models.JSONField(default=dict)
    list_digest = models.CharField(max_length=64, blank=True)
    meaning_digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"run {self.pk}"


class RegisterChange(models.Model):
    """Something that ranking reads has changed; written by triggers, read by every process before it ranks.

    `therapist_id` null: everything. -1: everything, and whatever else the same transaction changes, which is not noted
    any more. 0: nobody, the weights. `txid`: the transaction, because numbers of rows or times would pass over what a
    slow transaction commits late. Not a foreign key: the line outlives a therapist that was deleted.
    """

    therapist_id = models.BigIntegerField(null=True)
    txid = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.therapist_id} in {self.txid}"


class RegisterLog(models.Model):
    """One row about the log of changes. Whoever read up to before `pruned_below` has missed lines and must start anew.

    `generation` changes when lines are taken out by anything but pruning, or altered. `prune_next`: what the next
    pruning removes.
    """

    generation = models.UUIDField()
    pruned_below = models.BigIntegerField(default=0)
    prune_next = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_row_about_the_register_log")]

    def __str__(self) -> str:
        return str(self.generation)


class Exposure(models.Model):
    """In how many lists of one London day a therapist stood in the first ten, and what fair lots would have given.

    `fair`: the sum of her chances of standing there; `spread`: the variance of that sum when equals draw lots.
    """

    personal = PersonalData(
        scope="the therapist herself; coordinators and administrators through the report of exposure",
        keep="92 days",
        audit="sums per therapist and day; nothing tells whose list it was, so no reading of a client is recorded",
    )

    pk = models.CompositePrimaryKey("therapist_id", "day")
    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    shown = models.PositiveIntegerField()
    fair = models.FloatField()
    spread = models.FloatField()

    class Meta:
        # Days are written one after another: a few pages of index find them among millions of rows.
        indexes = [BrinIndex(fields=["day"], name="exposures_by_day", pages_per_range=16, autosummarize=True)]

    def __str__(self) -> str:
        return f"{self.therapist_id} on {self.day}"


class ExposureDay(models.Model):
    """How many lists of a London day were counted."""

    day = models.DateField(primary_key=True)
    views = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.day)


class ExposureBatch(models.Model):
    """What one process counted and wrote at once, until the night adds it up. The id makes writing it twice harmless.

    `counts`: see matching.exposure.tally.
    """

    id = models.UUIDField(primary_key=True)
    day = models.DateField()
    views = models.PositiveIntegerField()
    counts = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.views} lists of {self.day}"


class ForecastRun(models.Model):
    """One night's forecast of waits: by which method, from how much, and what the record says about the method.

    `cases`: waits of earlier days, known by now, that the method was compared with; `held`: the share of them that
    were over by when the method, before that comparison corrected it, had said 80 %. Null: too little on record.
    """

    method = models.CharField(max_length=20)
    computed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    turns = models.PositiveIntegerField()
    forecasts = models.PositiveIntegerField()
    cases = models.PositiveIntegerField()
    held = models.FloatField(null=True, blank=True)
    parameters = models.JSONField(default=dict)

    class Meta:
        ordering = ["-computed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.computed_at:%Y-%m-%d}"


class WaitForecast(models.Model):
    """How long until a place with a therapist comes free, by how many people are ahead: 0, 1, 2 ... in that order.

    The lists end where nothing can be said any more. `based_on`: see matching.forecast.wait.Forecasts. `open_places`:
    how many she had when it was worked out; with another number it says nothing until the next night. `shape`, `rate`:
    what is believed of her factor.
    """

    personal = PersonalData(
        scope="public when listed and full; the therapist herself",
        keep="until the next night's forecast; with its therapist",
        audit="one entry per run; made from days and counts, of which no client can be told",
    )

    therapist = models.OneToOneField(Therapist, on_delete=models.CASCADE, primary_key=True, related_name="+")
    run = models.ForeignKey(ForecastRun, on_delete=models.PROTECT, related_name="+")
    computed_at = models.DateTimeField()
    median_weeks = ArrayField(models.PositiveSmallIntegerField())
    eight_in_ten_weeks = ArrayField(models.PositiveSmallIntegerField())
    based_on = models.PositiveIntegerField()
    open_places = models.PositiveSmallIntegerField()
    shape = models.FloatField()
    rate = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(based_on__gte=10), name="forecast_of_ten_people_or_more")
        ]

    def __str__(self) -> str:
        return f"forecast {self.therapist_id}"
