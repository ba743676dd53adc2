"""Waiting lists: one referral on one therapist's list, and how each freed place was given."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.personal import PersonalData
from referrals.models.referral import Referral
from therapists.models import Therapist

ALL_HOURS = 2**21 - 1


class WaitingListEntry(models.Model):
    """One referral on one therapist's list.

    The order of a list: `priority` first, then the referral's `queue_from`, then the entry's pk. `rank` is the client's
    own order and equals the rank of her choice. `hours` (21 bits: day * 3 + part) and `formats` (slugs, empty:
    any) are what she must have of a place; they are copied from her preferences, which never change.
    """

    personal = PersonalData(
        scope="through its referral; its therapist sees the de-identified summary",
        keep="with its referral",
        audit="every change is a ReferralEvent and an AuditEntry",
    )

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        LISTED = "listed", _("On the list")
        REFUSED = "refused", _("Cannot")
        UNANSWERED = "unanswered", _("Did not answer")
        OFFERED = "offered", _("A place is offered")
        KEPT = "kept", _("Set aside while meeting")
        PLACED = "placed", _("Has a place")
        PARKED = "parked", _("Parked")
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Taken off")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="entries")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="entries")
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    priority = models.BooleanField(default=False)
    hours = models.PositiveIntegerField(default=ALL_HOURS)
    formats = ArrayField(models.SlugField(max_length=40), default=list, blank=True)
    joined_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    interested_at = models.DateTimeField(null=True, blank=True)
    # Her last yes, and what she had read when she said it: an older yes, or to something else, is asked again.
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_to = models.CharField(max_length=64, blank=True)
    no_offer_before = models.DateTimeField(null=True, blank=True)
    lapses = models.PositiveSmallIntegerField(default=0)
    # Since when nothing is offered from this list, because its therapist is paused or has not confirmed.
    frozen_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField()
    undo_until = models.DateTimeField(null=True, blank=True)
    undo_state = models.CharField(max_length=12, blank=True)

    LIVE = (State.ASKED, State.LISTED, State.OFFERED, State.KEPT, State.PARKED)
    # What counts towards a list's limit.
    ON_LIST = (State.ASKED, State.LISTED, State.OFFERED, State.PARKED)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "therapist"],
                condition=Q(state__in=["asked", "listed", "offered", "kept", "parked"]),
                name="one_live_entry_per_list",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answer_due_at__isnull=False)
                | (~Q(state="asked") & Q(answer_due_at__isnull=True)),
                name="an_asked_entry_has_an_answer_due",
            ),
            models.CheckConstraint(condition=Q(hours__lt=2**21), name="entry_hours_are_21_bits"),
        ]
        indexes = [
            models.Index(
                fields=["therapist", "state"],
                condition=Q(state__in=["asked", "listed", "offered", "kept", "parked"]),
                name="live_entries_by_therapist",
            ),
            models.Index(fields=["answer_due_at"], condition=Q(state="asked"), name="asked_entries_by_due"),
            models.Index(
                fields=["no_offer_before"],
                condition=Q(state="listed", no_offer_before__isnull=False),
                name="entries_offerable_again",
            ),
            models.Index(fields=["changed_at", "id"], condition=Q(state="parked"), name="parked_entries"),
            models.Index(fields=["frozen_at"], condition=Q(frozen_at__isnull=False), name="frozen_entries"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class Allotment(models.Model):
    """One look at one therapist's list when a place was free: who was on it, in order, and what decided for each.

    Append-only. `entries`: [entry pk, code, place pk or null] in the order of the list; codes are
    referrals.selectors.allotments.CODES. `places`: pks of the places that were free.
    """

    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    places = models.JSONField(default=list)
    entries = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["therapist", "at"])]

    def __str__(self) -> str:
        return f"allotment {self.pk}"


class CheckIn(models.Model):
    """Asked every four weeks of somebody who waits: do you still want this, has anything changed? Silence ends nothing.

    `missed_at`: so long without an answer that it counts as silence; a late answer is still taken.
    """

    personal = PersonalData(
        scope="through its referral",
        keep="with its referral",
        audit="asking and answering are ReferralEvents",
    )

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="check_ins")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    still_wants = models.BooleanField(null=True, blank=True)
    changed = models.BooleanField(null=True, blank=True)
    wants_call = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(answered_at__isnull=True, missed_at__isnull=True),
                name="one_open_check_in_per_referral",
            )
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(answered_at__isnull=True, missed_at__isnull=True),
                name="open_check_ins",
            )
        ]

    def __str__(self) -> str:
        return f"check-in {self.pk}"
