"""Accredited registers, the registrations on them, how these came in and who claims them."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.personal import PersonalData


class Register(models.Model):
    """A register with its own accreditation by the Professional Standards Authority, which has dates too."""

    class Accreditation(models.TextChoices):
        VALID = "valid", _("Accredited")
        SUSPENDED = "suspended", _("Accreditation suspended")
        WITHDRAWN = "withdrawn", _("Accreditation withdrawn")
        STATUTORY = "statutory", _("Statutory register, not accredited by the Authority")

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=40)
    accreditation = models.CharField(max_length=12, choices=Accreditation)
    accredited_from = models.DateField(null=True, blank=True)
    accredited_until = models.DateField(null=True, blank=True)
    grades = models.JSONField(default=list, blank=True)
    number_pattern = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)
    source = models.CharField(max_length=200, blank=True)
    checked_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.short_name


class ImportRun(models.Model):
    """One reading of a register's file."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    full = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    lapsed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=200, blank=True)
    actor_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.register} {self.started_at:%Y-%m-%d}"


class ImportProblem(models.Model):
    """One thing wrong in a file: spreadsheet row (header is 1), column, what stood there, what is wrong."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60)
    value = models.CharField(max_length=120)
    problem = models.CharField(max_length=200)

    class Meta:
        ordering = ["row", "pk"]

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.problem}"


class Registration(models.Model):
    """A person on a register. Several may belong to one therapist, but only after a person says so."""

    personal = PersonalData(
        scope="its therapist and coordinators; name, register and grade are public when listed",
        keep="no automatic end yet: needed to recognise somebody who was removed",
        audit="registration_* services write the audit; imports by run",
    )

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        SANCTION = "active_with_sanction", _("Active with a sanction")
        SUSPENDED = "suspended", _("Suspended")
        REMOVED = "removed", _("Removed")
        LAPSED = "lapsed", _("Lapsed")
        RESIGNED = "resigned_or_retired", _("Resigned or retired")
        NOT_FOUND = "not_found", _("Not found")
        UNVERIFIED = "unverified", _("Not checked yet")

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="registrations")
    therapist = models.ForeignKey(
        "therapists.Therapist", on_delete=models.PROTECT, null=True, blank=True, related_name="registrations"
    )
    number = models.CharField(max_length=40)
    # Letters and digits of the number alone, kept by the database itself: people leave out spaces, dashes and case.
    number_key = models.GeneratedField(
        expression=models.Func(
            Upper("number"),
            models.Value("[^A-Z0-9]"),
            models.Value(""),
            models.Value("g"),
            function="regexp_replace",
        ),
        output_field=models.CharField(max_length=40),
        db_persist=True,
    )
    name = models.CharField(max_length=160)
    # The name without accents, case and order, and a keyed digest of the sealed e-mail: only to find people who stand
    # on two registers. The database knows their default because bulk copies leave them out.
    name_key = models.CharField(max_length=160, blank=True, db_default="", db_index=True)
    email = EncryptedTextField(blank=True)
    email_digest = models.CharField(max_length=64, blank=True, db_default="")
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    grade = models.CharField(max_length=80, blank=True)
    grade_from = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=24, choices=Status)
    valid_until = models.DateField(null=True, blank=True)
    sanction_reviewed_at = models.DateTimeField(null=True, blank=True)
    sanction_reviewed_by = models.CharField(max_length=120, blank=True)
    contradiction = models.CharField(max_length=200, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=120, blank=True)
    check_method = models.CharField(max_length=40, blank=True)
    evidence = models.CharField(max_length=400, blank=True)
    next_check = models.DateField(null=True, blank=True)
    row_digest = models.CharField(max_length=64, blank=True)
    last_import = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="one_registration_per_number")]
        indexes = [
            models.Index(fields=["number_key"], name="registrations_by_number", opclasses=["varchar_pattern_ops"]),
            GinIndex(
                models.Func("name_key", models.Value(" "), function="string_to_array"),
                name="registrations_by_name_word",
                fastupdate=False,
            ),
            # The same words as therapists.selectors.doubt.IN_QUESTION.
            models.Index(
                fields=["therapist"],
                condition=models.Q(status__in=["suspended", "removed"])
                | ~models.Q(contradiction="")
                | models.Q(status="sanction", sanction_reviewed_at__isnull=True),
                name="registrations_in_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"


class SamePersonPair(models.Model):
    """Two registrations on two registers that may be one person. Only a person decides, and is not asked again."""

    class State(models.TextChoices):
        OPEN = "open", _("Not decided yet")
        SAME = "same", _("One person")
        DIFFERENT = "different", _("Two people")

    first = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    agrees_on = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_row_per_pair_of_registrations"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="pairs_are_written_one_way_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.state}"


class RegistrationClaim(models.Model):
    """Somebody says "this registration is mine": proved by the e-mail on record, or by a coordinator's check."""

    personal = PersonalData(
        scope="the claimant and coordinators",
        keep="no automatic end yet: shows who decided that a registration is hers",
        audit="claim_* services write the audit",
    )

    class State(models.TextChoices):
        CODE_SENT = "code_sent", _("Code sent")
        TO_CHECK = "to_check", _("A coordinator checks")
        PROVED = "proved", _("Proved")
        REFUSED = "refused", _("Not confirmed")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registration_claims")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="claims")
    state = models.CharField(max_length=12, choices=State)
    statement = EncryptedTextField(blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(state="proved"), name="one_proved_claim_per_registration"
            ),
            models.UniqueConstraint(
                fields=["user", "registration"],
                condition=models.Q(state__in=["code_sent", "to_check"]),
                name="one_open_claim_per_person_and_registration",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} claims {self.registration_id}"
