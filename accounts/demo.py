"""The cast of the demonstration. Nobody here has a password: a local page of `make run` signs in as one of them."""

import datetime
from dataclasses import dataclass

from accounts.models import DutyShift, Membership, Organisation, User
from core import clock
from core.choices import Role
from core.clock import LONDON
from core.demo import Plan


@dataclass(frozen=True)
class Member:
    email: str
    name: str
    role: str
    organisation: str
    says: str


CAST = (
    Member("amina@example.org", "Dr Amina Rahman", Role.CLINICIAN, "Harehills Green Surgery", "GP"),
    Member("ben@example.org", "Ben Okafor", Role.THERAPIST, "Rapport", "therapist, has places"),
    Member("cara@example.org", "Cara Hughes", Role.THERAPIST, "Rapport", "therapist, must not see Ben's people"),
    Member("dev@example.org", "Dev Mistry", Role.COORDINATOR, "Rapport", "coordinator"),
    Member("sam@example.org", "Sam Fraser", Role.SAFETY_CLINICIAN, "Rapport", "safety clinician on the rota"),
    Member("ada@example.org", "Ada Lloyd", Role.ADMINISTRATOR, "Rapport", "administrator"),
)
ROTA_DAYS = 28


def seed_cast(plan: Plan) -> None:
    """Add the people who sign in, with their roles, and the duty rota of the coming weeks."""
    service, _ = Organisation.objects.get_or_create(name="Rapport", kind=Organisation.Kind.SERVICE)
    practice, _ = Organisation.objects.get_or_create(
        name="Harehills Green Surgery", kind=Organisation.Kind.PRACTICE, defaults={"nation": "england"}
    )
    homes = {service.name: service, practice.name: practice}
    for member in CAST:
        _add(member, homes[member.organisation])
    refresh_rota()


def refresh_rota() -> None:
    """Put the safety clinician on duty on the working days ahead, 9am to 5pm, where no shift stands yet."""
    sam = User.objects.filter(email="sam@example.org").first()
    if sam is None:
        return
    today = clock.today()
    for offset in range(ROTA_DAYS):
        day = today + datetime.timedelta(days=offset)
        if day.weekday() < 5:
            DutyShift.objects.get_or_create(user=sam, starts_at=_at(day, 9), defaults={"ends_at": _at(day, 17)})


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), LONDON)


def _add(member: Member, home: Organisation) -> None:
    user = User.objects.filter(email=member.email).first() or User.objects.create_user(
        member.email, None, name=member.name
    )
    if member.role == Role.ADMINISTRATOR and not user.is_staff:
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    Membership.objects.get_or_create(
        user=user, organisation=home, role=member.role, defaults={"starts_on": clock.today()}
    )
