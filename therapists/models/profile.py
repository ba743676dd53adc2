"""The therapist's own profile: what clients see and what matching compares."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.choices import Nation
from core.personal import PersonalData
from therapists.models.reference import (
    AccessOption,
    ClientGroup,
    Funder,
    IdentityTag,
    Issue,
    Language,
    Modality,
    SessionFormat,
)


class Therapist(models.Model):
    """A person clients can choose. `listed` is never stored: see therapists.selectors.standing.

    Masks: `answering_days` bit 0 is Monday. `online_hours` and `Location.hours` have 21 bits: day * 3 + part, where
    part 0 is morning (before 12), 1 afternoon (12 to 17), 2 evening (from 17). Style scales run -3..3, positive being
    the first pole of the C-NIP scale; null is "not stated".
    """

    personal = PersonalData(
        scope="public when listed (therapists.selectors.standing); otherwise herself and coordinators",
        keep="while she has an account; not listed once it is closed",
        audit="profile and listing services write the audit",
    )

    class Gender(models.TextChoices):
        WOMAN = "woman", _("Woman")
        MAN = "man", _("Man")
        NON_BINARY = "non_binary", _("Non-binary")
        SELF_DESCRIBED = "self_described", _("Describes their own way")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="therapist"
    )
    display_name = models.CharField(max_length=120)
    nation = models.CharField(max_length=20, choices=Nation)
    gender = models.CharField(max_length=16, choices=Gender, blank=True)
    gender_text = models.CharField(max_length=60, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    about = models.TextField(blank=True)
    modalities = models.ManyToManyField(Modality, through="TherapistModality", related_name="therapists")
    issues = models.ManyToManyField(Issue, through="TherapistIssue", related_name="therapists")
    languages = models.ManyToManyField(Language, through="TherapistLanguage", related_name="therapists")
    client_groups = models.ManyToManyField(ClientGroup, related_name="therapists", blank=True)
    identity_tags = models.ManyToManyField(IdentityTag, related_name="therapists", blank=True)
    access_options = models.ManyToManyField(AccessOption, related_name="therapists", blank=True)
    formats = models.ManyToManyField(SessionFormat, related_name="therapists", blank=True)
    style_directive = models.SmallIntegerField(null=True, blank=True)
    style_emotional = models.SmallIntegerField(null=True, blank=True)
    style_past = models.SmallIntegerField(null=True, blank=True)
    style_warm = models.SmallIntegerField(null=True, blank=True)
    online_hours = models.PositiveIntegerField(default=0)
    fee_pence = models.PositiveIntegerField(null=True, blank=True)
    concession_pence = models.PositiveIntegerField(null=True, blank=True)
    session_minutes = models.PositiveSmallIntegerField(default=50)
    cancellation_terms = models.CharField(max_length=400, blank=True)
    confidentiality_terms = models.CharField(max_length=600, blank=True)
    answering_days = models.PositiveSmallIntegerField(default=0b0011111)
    list_limit = models.PositiveSmallIntegerField(default=0)
    list_closed = models.BooleanField(default=False)
    monthly_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    # How many new people she took in the month written as "2026-11"; any other month counts as none.
    new_people_month = models.CharField(max_length=7, blank=True)
    new_people_count = models.PositiveSmallIntegerField(default=0)
    paused = models.BooleanField(default=False)
    # Both London dates are away: she is paused on the first and takes people again on the day after the last.
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)
    profile_verified_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    unanswered_in_a_row = models.PositiveSmallIntegerField(default=0)
    # How many people on her list could be offered one of her places now, and how many are on it at all. Written through
    # therapists.queue only, so that nothing here needs to know about waiting lists.
    offerable_entries = models.PositiveIntegerField(default=0)
    list_entries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answering_days__gte=0) & Q(answering_days__lt=128), name="answering_days_are_seven_bits"
            ),
            models.CheckConstraint(condition=Q(online_hours__lt=2**21), name="online_hours_are_21_bits"),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_until__isnull=True)
                | Q(away_from__isnull=False, away_until__gte=F("away_from")),
                name="leave_has_both_ends_in_order",
            ),
            models.CheckConstraint(condition=Q(nation__in=Nation.values), name="therapist_nation_has_bank_holidays"),
        ]
        indexes = [
            # Whom to ask whether she still takes people.
            models.Index(
                fields=["confirmed_at"],
                condition=Q(user__isnull=False, profile_verified_at__isnull=False, paused=False),
                name="therapists_to_ask",
            ),
            models.Index(fields=["away_from"], condition=Q(away_from__isnull=False), name="therapists_going_away"),
            # For whom somebody waits: who may have to be given a place, and whose list has to stand still.
            models.Index(fields=["id"], condition=Q(offerable_entries__gt=0), name="therapists_with_a_queue"),
            models.Index(fields=["confirmed_at"], condition=Q(list_entries__gt=0), name="therapists_waited_for"),
            models.Index(
                fields=["unanswered_in_a_row"], condition=Q(list_entries__gt=0), name="waited_for_by_unanswered"
            ),
            models.Index(fields=["id"], condition=Q(list_entries__gt=0, paused=True), name="waited_for_and_paused"),
        ]

    def __str__(self) -> str:
        return self.display_name


class TherapistModality(models.Model):
    """At most six per therapist, each with its training."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="modality_links")
    modality = models.ForeignKey(Modality, on_delete=models.PROTECT)
    training = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["therapist", "modality"], name="one_link_per_modality")]

    def __str__(self) -> str:
        return f"{self.therapist_id} {self.modality_id}"


class TherapistIssue(models.Model):
    """Experience declared with an issue: at most ten per therapist, so that ticking everything wins nothing."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="issue_links")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["therapist", "issue"], name="one_link_per_issue")]

    def __str__(self) -> str:
        return f"{self.therapist_id} {self.issue_id}"


class TherapistLanguage(models.Model):
    class Level(models.TextChoices):
        FLUENT = "fluent", _("Can hold therapy in it")
        CONVERSATIONAL = "conversational", _("Conversation")

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="language_links")
    language = models.ForeignKey(Language, on_delete=models.PROTECT)
    level = models.CharField(max_length=16, choices=Level, default=Level.FLUENT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["therapist", "language"], name="one_link_per_language")]

    def __str__(self) -> str:
        return f"{self.therapist_id} {self.language_id}"


class Contract(models.Model):
    """A therapist takes people whom a funder pays for, between two dates."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="contracts")
    funder = models.ForeignKey(Funder, on_delete=models.PROTECT, related_name="contracts")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["therapist", "funder"], name="one_contract_per_funder")]

    def __str__(self) -> str:
        return f"{self.therapist_id} {self.funder_id}"
