"""Places held for a referral, and the placement that comes of a yes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from referrals.models.lists import WaitingListEntry
from referrals.models.referral import Referral
from therapists.models import PlaceClaim, Therapist


class Offer(models.Model):
    """A place held for one referral while a yes is awaited. While it is the therapist's, people call it a request.

    The client's time to answer starts when the message is handed over (`told_at`); until then `expires_at` is how long
    the place is held while nobody could be told. `bounced_at`: the message came back, and a person calls.
    """

    class Awaiting(models.TextChoices):
        THERAPIST = "therapist", _("Therapist")
        CLIENT = "client", _("Client")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Yes")
        DECLINED = "declined", _("No")
        LAPSED = "lapsed", _("Not answered in time")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="offers")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="offers")
    claim = models.OneToOneField(PlaceClaim, on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(WaitingListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    awaiting = models.CharField(max_length=10, choices=Awaiting)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    interested_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral"], condition=Q(state="open"), name="one_open_offer_per_referral"),
            models.CheckConstraint(
                condition=Q(awaiting="therapist", entry__isnull=True) | Q(awaiting="client", entry__isnull=False),
                name="a_place_is_offered_from_a_list",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="open_offers_by_expiry"),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=Q(awaiting="client", state="lapsed"),
                name="places_not_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class Placement(models.Model):
    """A client and a therapist, from the therapist's yes to the end.

    `leaving_since`: one of the two has asked for a change; it goes on until the client meets somebody else. A paused
    one keeps its place until `paused_until`, a London date.
    """

    class State(models.TextChoices):
        MEETING = "meeting", _("First meeting")
        ACTIVE = "active", _("In therapy")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="placements")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="placements")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="placements")
    claim = models.OneToOneField(PlaceClaim, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.MEETING)
    created_at = models.DateTimeField()
    contact_due_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True, blank=True)
    meeting_at = models.DateTimeField(null=True, blank=True)
    therapist_go_ahead_at = models.DateTimeField(null=True, blank=True)
    client_go_ahead_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)
    leaving_since = models.DateTimeField(null=True, blank=True)
    leaving_by = models.CharField(max_length=12, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_code = models.CharField(max_length=40, blank=True)
    ended_by = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=~Q(state="ended") & Q(leaving_since__isnull=True),
                name="one_live_placement_per_referral",
            ),
            models.UniqueConstraint(
                fields=["referral"],
                condition=~Q(state="ended") & Q(leaving_since__isnull=False),
                name="one_placement_left_per_referral",
            ),
        ]

    def __str__(self) -> str:
        return f"placement {self.pk}"


class Exclusion(models.Model):
    """These two must not be put together. Only the client's own exclusions are ever explained to anybody."""

    class Side(models.TextChoices):
        CLIENT = "client", _("Client")
        THERAPIST = "therapist", _("Therapist")
        COORDINATOR = "coordinator", _("Coordinator")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="exclusions")
    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="excluded_from")
    side = models.CharField(max_length=12, choices=Side)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "therapist", "side"], name="one_exclusion_per_pair_and_side")
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.pk}"
