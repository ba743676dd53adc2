"""The referral, what was chosen, and everything that happened to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Preferences
from core.fields import EncryptedTextField
from core.personal import PersonalData
from matching.models import MatchRun
from referrals.models.submission import Submission
from therapists.models import Funder, Therapist


class Referral(models.Model):
    """One request for help, from sending to its end. Every open one has one owner of the next step and one due time."""

    personal = PersonalData(
        scope="Referral.visible_to: its client, its therapist while asked or meeting, coordinators",
        keep="no automatic end yet: the controller sets the time, commonly 8 years after the referral closes",
        audit="every change is a ReferralEvent and an AuditEntry",
    )

    class State(models.TextChoices):
        CHOOSING = "choosing", _("Choosing")
        REQUESTED = "requested", _("Asked")
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Offered")
        MEETING = "meeting", _("First meeting")
        IN_THERAPY = "in_therapy", _("In therapy")
        CLOSED = "closed", _("Closed")

    class Owner(models.TextChoices):
        CLIENT = "client", _("Client")
        THERAPIST = "therapist", _("Therapist")
        COORDINATOR = "coordinator", _("Coordinator")

    class Source(models.TextChoices):
        SELF = "self", _("Referred herself")
        PRACTICE = "practice", _("Referred by a practice")

    class Funding(models.TextChoices):
        SELF_PAY = "self_pay", _("Pays herself")
        FUNDED = "funded", _("Funded")

    reference = models.CharField(max_length=16, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="referrals")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, null=True, related_name="referral")
    source = models.CharField(max_length=10, choices=Source)
    preferences = models.ForeignKey(Preferences, on_delete=models.PROTECT, related_name="referrals")
    match_run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, null=True, related_name="referrals")
    seed = models.DecimalField(max_digits=20, decimal_places=0)
    main_issue = models.SlugField(max_length=60, blank=True)
    own_words = EncryptedTextField(blank=True)
    aims = EncryptedTextField(blank=True)
    help_choosing = models.BooleanField(default=False)
    round = models.PositiveSmallIntegerField(default=1)
    funding = models.CharField(max_length=10, choices=Funding)
    funder = models.ForeignKey(Funder, on_delete=models.PROTECT, null=True, related_name="referrals")
    fee_snapshot = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State)
    action_owner = models.CharField(max_length=12, choices=Owner, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    clock_started_at = models.DateTimeField()
    queue_from = models.DateTimeField()
    choosing_since = models.DateTimeField(null=True, blank=True)
    reminders_sent = models.PositiveSmallIntegerField(default=0)
    noes_in_a_row = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_code = models.CharField(max_length=40, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    # While she waits: the next check-in, and a holiday during which no place is offered (London date of her return).
    check_in_at = models.DateTimeField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=~Q(state="closed"), name="one_open_referral_per_client"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", action_owner="", due_at__isnull=True)
                | (~Q(state="closed") & ~Q(action_owner="") & Q(due_at__isnull=False)),
                name="open_referral_has_owner_and_due_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=~Q(state="closed"), name="open_referrals_by_due"),
            models.Index(
                fields=["queue_from", "id"],
                condition=Q(state__in=["choosing", "requested", "waiting", "offered"]),
                name="seeking_by_wait",
            ),
            # A list is put in order by this alone, without opening the referrals themselves.
            models.Index(
                fields=["id"],
                include=["queue_from"],
                condition=Q(state__in=["choosing", "requested", "waiting", "offered"]),
                name="queue_from_of_seeking",
            ),
            models.Index(fields=["check_in_at"], condition=Q(state="waiting"), name="waiting_by_check_in"),
            models.Index(fields=["choosing_since"], condition=Q(state="choosing"), name="choosing_by_time"),
            models.Index(
                fields=["queue_from"], condition=Q(state__in=["choosing", "requested"]), name="seeking_by_time"
            ),
            models.Index(fields=["away_until"], condition=Q(away_until__isnull=False), name="referrals_away"),
        ]

    def __str__(self) -> str:
        return self.reference


class Choice(models.Model):
    """A therapist somebody chose, in order. Every change of the list starts a new round; only the referral's own round
    is walked. Earlier rounds stay, so that nobody is asked twice by accident.
    """

    class State(models.TextChoices):
        UNTRIED = "untried", _("Not asked yet")
        ASKED = "asked", _("Asked")
        NO = "no", _("Cannot")
        UNANSWERED = "unanswered", _("Did not answer")
        UNAVAILABLE = "unavailable", _("Not seeing people now")
        YES = "yes", _("Said yes")
        ENDED = "ended", _("Met, and did not go on")
        STOPPED = "stopped", _("She stopped waiting")

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="choices")
    round = models.PositiveSmallIntegerField(default=1)
    rank = models.PositiveSmallIntegerField()
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="chosen_by")
    will_wait = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State, default=State.UNTRIED)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["round", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "round", "rank"], name="one_choice_per_rank"),
            models.UniqueConstraint(fields=["referral", "round", "therapist"], name="a_therapist_is_chosen_once"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=5), name="up_to_five_choices"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.rank}"


class ReferralEvent(models.Model):
    """What happened. Append-only; replaying (from, action, to) gives the state column. `detail` holds ids and codes."""

    personal = PersonalData(
        scope="through its referral",
        keep="no automatic end yet: the controller sets the time, commonly 8 years after the referral closes",
        audit="append-only; is the record of the referral",
    )

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    actor_type = models.CharField(max_length=30)
    actor_id = models.CharField(max_length=40)
    actor_label = models.CharField(max_length=120)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["referral", "id"])]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.action}"
