"""People who sign in: user, organisation, membership with a role and dates, and the safety duty rota."""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.choices import Nation, Role
from core.fields import EncryptedTextField
from core.personal import PersonalData


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in with a second factor. Clients never have one of these."""

    personal = PersonalData(
        scope="the person herself and administrators",
        keep="while she has a role; then until an administrator closes and removes the account",
        audit="accounts.services write the audit",
    )

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now)
    # Django's own bookkeeping takes the system clock; sign-ins are in the audit instead.
    last_login = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def active_roles(self, on: datetime.date | None = None) -> frozenset[str]:
        """Return the roles held on a London date (default today)."""
        day = on or clock.today()
        return frozenset(
            role
            for role, starts_on, ends_on in self.memberships.values_list("role", "starts_on", "ends_on")
            if starts_on <= day and (ends_on is None or day <= ends_on)
        )


class AccountMail(models.Model):
    """A sign-in mail on its way: it carries a link that opens an account, so words and address are sealed."""

    personal = PersonalData(
        scope="nobody: the worker that sends it",
        keep="2 days",
        audit="the outbox row says when it was sent",
    )

    address = EncryptedTextField()
    subject = models.CharField(max_length=200)
    text = EncryptedTextField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"mail {self.pk}"


class Organisation(models.Model):
    class Kind(models.TextChoices):
        PRACTICE = "practice", _("Practice")
        PROVIDER = "provider", _("Provider")
        SERVICE = "service", _("Service")

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=160)
    ods_code = models.CharField(max_length=10, blank=True)
    nation = models.CharField(max_length=20, choices=Nation, blank=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="one_membership_per_role"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class DutyShift(models.Model):
    """A safety clinician on duty in the half-open window (starts_at, ends_at]. The published rota is these rows."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="duty_shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_shift_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_at:%d %b %H:%M}"
