"""Where a therapist works, the places in her week, and the claims on them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.personal import PersonalData
from therapists.models.profile import Therapist
from therapists.models.reference import SessionFormat


class Location(models.Model):
    """A room. Distance, step-free and hours are judged per location. Point in metres on the national grid."""

    personal = PersonalData(
        scope="its therapist; town and distance are public when listed",
        keep="with its therapist",
        audit="availability services write the audit",
    )

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=8)
    easting = models.IntegerField()
    northing = models.IntegerField()
    precision_m = models.IntegerField()
    step_free = models.BooleanField(null=True)
    hours = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(hours__lt=2**21), name="location_hours_are_21_bits")]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """An hour in her week that one person can have. "Five places, any time" is five rows.

    `available_from` is null while she has not decided ("not yet"); a date in the future is "from a date".
    A closed place keeps whoever is in it, but is never offered again.
    """

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="places")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="places")
    day = models.PositiveSmallIntegerField(null=True, blank=True)
    time = models.TimeField(null=True, blank=True)
    session_format = models.ForeignKey(SessionFormat, on_delete=models.PROTECT, null=True, blank=True)
    available_from = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(day__isnull=True) | Q(day__lt=7), name="place_day_in_week"),
        ]
        indexes = [
            models.Index(fields=["therapist"], condition=Q(closed_at__isnull=True), name="open_places_by_therapist"),
            models.Index(fields=["available_from"], condition=Q(closed_at__isnull=True), name="open_places_by_date"),
        ]

    def __str__(self) -> str:
        return f"place {self.pk}"


class PlaceClaim(models.Model):
    """One use of one place: a hold with an expiry, or occupied. (`holder_type`, `holder_id`) says for what.

    Live: not released, and not a hold past its expiry. The unique constraint is the last guard against promising a
    place twice; it cannot contain the time, so opening a claim first releases expired holds in the same transaction.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("Held")
        OCCUPIED = "occupied", _("Occupied")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=8, choices=Kind)
    holder_type = models.CharField(max_length=20)
    holder_id = models.BigIntegerField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=40, blank=True)
    # From which day the place was for the next person, where she said so after this claim had ended; forecasts of
    # waits count the days in which nobody was in the place and nobody could have it. Null: from the release on.
    offered_again_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place"], condition=Q(released_at__isnull=True), name="one_live_claim_per_place"
            ),
            models.CheckConstraint(
                condition=Q(kind="hold", expires_at__isnull=False) | Q(kind="occupied", expires_at__isnull=True),
                name="a_hold_has_an_expiry",
            ),
        ]
        indexes = [models.Index(fields=["holder_type", "holder_id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.place_id}"
