"""Rows for tests, small and valid by default. Every function takes overrides; nothing here is random."""

import datetime
import itertools
from typing import Any

from accounts.models import Membership, Organisation, User
from core import clock
from therapists.models import (
    ClientGroup,
    Family,
    Funder,
    Issue,
    Language,
    Location,
    Modality,
    Place,
    Register,
    Registration,
    SessionFormat,
    Therapist,
)
from therapists.services.imports.names import name_key

_numbers = itertools.count(1)


def make_user(*roles: str, name: str = "", **fields: Any) -> User:
    """A person who signs in, holding the roles since yesterday."""
    number = next(_numbers)
    user = User.objects.create_user(
        fields.pop("email", f"person{number}@example.org"), None, name=name or f"Person {number}", **fields
    )
    home, _ = Organisation.objects.get_or_create(name="Rapport", kind=Organisation.Kind.SERVICE)
    yesterday = clock.today() - datetime.timedelta(days=1)
    for role in roles:
        Membership.objects.create(user=user, organisation=home, role=role, starts_on=yesterday)
    return user


def make_register(code: str = "NCPS", **fields: Any) -> Register:
    defaults = {
        "name": f"Register {code}",
        "short_name": code,
        "accreditation": Register.Accreditation.VALID,
        "accredited_from": datetime.date(2013, 1, 1),
    }
    return Register.objects.get_or_create(code=code, defaults={**defaults, **fields})[0]


def reference_row(model: type, slug: str, **fields: Any) -> Any:
    """A reference row by slug: the loaded one, or a new one on the first free bit."""
    found = model.objects.filter(slug=slug).first()
    if found:
        return found
    newest = model.objects.order_by("-bit").first()
    name = fields.pop("name", slug.replace("-", " ").capitalize())
    return model.objects.create(slug=slug, name=name, bit=newest.bit + 1 if newest else 0, **fields)


def modality(slug: str = "person-centred", family: str = "humanistic") -> Modality:
    return reference_row(Modality, slug, family=reference_row(Family, family))


def issue(slug: str = "anxiety-or-worry") -> Issue:
    return reference_row(Issue, slug, group="Anxiety")


def session_format(slug: str = "video") -> SessionFormat:
    return reference_row(SessionFormat, slug, in_person=slug == "in-person")


def make_funder(slug: str = "community-fund", **fields: Any) -> Funder:
    defaults = {"sessions": 8, "starts_on": datetime.date(2026, 1, 1), "open_to_self_referral": True}
    return reference_row(Funder, slug, **{**defaults, **fields})


def make_registration(therapist: Therapist | None = None, *, register: str = "NCPS", **fields: Any) -> Registration:
    number = next(_numbers)
    name = fields.get("name") or (therapist.display_name if therapist else f"Person {number}")
    defaults = {
        "number": f"T{number:06d}",
        "name": name,
        "name_key": name_key(name),
        "status": Registration.Status.ACTIVE,
        "valid_until": clock.today() + datetime.timedelta(days=200),
    }
    return Registration.objects.create(register=make_register(register), therapist=therapist, **{**defaults, **fields})


def make_therapist(*, places: int = 1, registered: bool = True, user: User | None = None, **fields: Any) -> Therapist:
    """A listed therapist: video, weekday daytimes, person-centred, adults, English, `places` free places."""
    number = next(_numbers)
    now = clock.now()
    defaults = {
        "display_name": f"Therapist {number}",
        "nation": "england",
        "gender": "woman",
        "about": "I listen.",
        "online_hours": sum(0b011 << (day * 3) for day in range(5)),
        "fee_pence": 5000,
        "profile_verified_at": now,
        "confirmed_at": now,
        "created_at": now,
    }
    therapist = Therapist.objects.create(user=user, **{**defaults, **fields})
    therapist.modality_links.create(modality=modality(), training="Diploma")
    therapist.issue_links.create(issue=issue())
    therapist.language_links.create(language=reference_row(Language, "en", name="English"))
    therapist.client_groups.add(reference_row(ClientGroup, "adults"))
    therapist.formats.add(session_format())
    if registered:
        make_registration(therapist)
    for _ in range(places):
        make_place(therapist)
    return therapist


def make_place(therapist: Therapist, **fields: Any) -> Place:
    defaults = {"available_from": clock.today(), "created_at": clock.now()}
    return Place.objects.create(therapist=therapist, **{**defaults, **fields})


def make_location(therapist: Therapist, **fields: Any) -> Location:
    """A room in the middle of Leeds, known to its sector, step-free, open on weekday daytimes."""
    defaults = {
        "name": "Consulting room",
        "town": "Leeds",
        "postcode": "LS1 4AP",
        "easting": 430000,
        "northing": 433500,
        "precision_m": 1000,
        "step_free": True,
        "hours": sum(0b011 << (day * 3) for day in range(5)),
    }
    return Location.objects.create(therapist=therapist, **{**defaults, **fields})
