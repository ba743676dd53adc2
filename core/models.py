"""What knows no referral: records of who did what, things a named human must do, dated reference data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.choices import Nation, Role
from core.fields import EncryptedTextField
from core.personal import PersonalData


class ReferenceRow(models.Model):
    """An admin-editable, dated row of reference data. `bit` is its stable position in bit masks, never reused."""

    slug = models.SlugField(max_length=60, unique=True)
    bit = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    source = models.CharField(max_length=200, blank=True)
    checked_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Recorded(models.Model):
    """Who did something to what, as (type, id, label): no foreign keys, so the record outlives its subject."""

    at = models.DateTimeField()
    actor_type = models.CharField(max_length=30)
    actor_id = models.CharField(max_length=40)
    actor_label = models.CharField(max_length=120)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True


class AuditEntry(Recorded):
    """A write. Append-only: a trigger refuses updates and deletes."""

    personal = PersonalData(
        scope="administrators, through exports; features never read it",
        keep="no automatic end yet: the controller sets the time, commonly 8 years",
        audit="is the record of writes itself",
    )

    verb = models.CharField(max_length=60)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id", "at"])]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.verb} {self.object_type} {self.object_id}"


class AccessEntry(Recorded):
    """A read of a client's record. Append-only."""

    personal = PersonalData(
        scope="the client, about her own record",
        keep="no automatic end yet: the controller sets the time, commonly 8 years",
        audit="is the record of reads itself",
    )

    purpose = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id", "at"])]

    def __str__(self) -> str:
        return f"{self.actor_label} read {self.object_type} {self.object_id}"


class Task(models.Model):
    """Something a human must do, by when. Unowned tasks belong to everybody who holds `owner_role`."""

    personal = PersonalData(
        scope="whoever holds the owner role (core.worklist.tasks_for)",
        keep="no automatic end yet: the controller sets the time, commonly 2 years after it is closed",
        audit="task_* services write the audit",
    )

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("No longer needed")

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    owner_role = models.CharField(max_length=30, choices=Role)
    owner_id = models.BigIntegerField(null=True, blank=True)
    owner_label = models.CharField(max_length=120, blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    detail = models.JSONField(default=dict, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_id = models.BigIntegerField(null=True, blank=True)
    closed_by_label = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    note = EncryptedTextField(blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=models.Q(state="open"),
                name="one_open_task_per_kind_and_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_role", "due_at"], condition=models.Q(state="open"), name="open_tasks_by_role")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"


class OneTimeCode(models.Model):
    """Six digits sent to somebody's channel. The digits are derived from the key and `nonce`, never stored."""

    purpose = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    nonce = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_type} {self.subject_id}"


class ThrottleWindow(models.Model):
    """How often something was tried within one window of time. The key is only kept as a digest."""

    key_digest = models.CharField(max_length=64)
    ends_at = models.DateTimeField(db_index=True)
    hits = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_digest", "ends_at"], name="one_count_per_window")]

    def __str__(self) -> str:
        return f"until {self.ends_at:%H:%M:%S}: {self.hits}"


class BankHoliday(models.Model):
    nation = models.CharField(max_length=20, choices=Nation)
    date = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["date", "nation"]
        constraints = [models.UniqueConstraint(fields=["nation", "date"], name="one_bank_holiday_per_day")]

    def __str__(self) -> str:
        return f"{self.name} {self.date}"


class CrisisContact(models.Model):
    """Where to turn at once. `nation` empty: everywhere. See core.crisis for what is shown when."""

    slug = models.SlugField(max_length=60, unique=True)
    nation = models.CharField(max_length=20, choices=Nation, blank=True)
    topic = models.SlugField(
        blank=True,
        default="",
        help_text=_("Shown only on the page about this topic. Empty: part of the general help."),
    )
    name = models.CharField(max_length=120)
    how = models.CharField(max_length=20)
    number = models.CharField(max_length=80)
    href = models.CharField(max_length=120, blank=True)
    when = models.CharField(max_length=120)
    for_whom = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    source = models.CharField(max_length=200, blank=True)
    checked_on = models.DateField()
    check_by = models.DateField()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class PlacePoint(models.Model):
    """A point for a postcode area, outcode, sector or unit, in metres on the national grid.

    `precision_m` is how far the true place may lie from it: distances shown with it say "about".
    """

    class Kind(models.TextChoices):
        AREA = "area", _("Postcode area")
        OUTCODE = "outcode", _("Outcode")
        SECTOR = "sector", _("Sector")
        UNIT = "unit", _("Postcode")

    code = models.CharField(max_length=8, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    easting = models.IntegerField()
    northing = models.IntegerField()
    precision_m = models.IntegerField()
    nation = models.CharField(max_length=20, choices=Nation, blank=True)
    name = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=120)
    loaded_on = models.DateField()

    def __str__(self) -> str:
        return self.code
