"""Ben and Cara: the two therapists of the demonstration who can be signed in as."""

import datetime
from dataclasses import dataclass

from django.contrib.auth import get_user_model

from core import clock
from core.copy import copy_rows
from core.demo import Plan
from core.models import PlacePoint
from therapists.demo.people import CANCELLATION, CONFIDENTIALITY
from therapists.demo.register import refresh_register, seed_register
from therapists.demo.rows import CLAIM
from therapists.demo.turnover import past_claims
from therapists.models import (
    ClientGroup,
    Contract,
    Funder,
    Issue,
    Language,
    Location,
    Modality,
    Place,
    PlaceClaim,
    Register,
    Registration,
    SearchEntry,
    SessionFormat,
    Therapist,
)
from therapists.services.search import search_entries_refresh, search_reindex

# Weekday evenings and Tuesday and Thursday afternoons; see Therapist for the bits.
EVENINGS = sum(1 << (day * 3 + 2) for day in range(5))
AFTERNOONS = (1 << 4) | (1 << 10)


@dataclass(frozen=True)
class Character:
    email: str
    name: str
    gender: str
    register: str
    number: str
    grade: str
    modalities: tuple[str, ...]
    issues: tuple[str, ...]
    about: str
    postcode: str
    east: int
    north: int
    fee_pence: int


BEN = Character(
    email="ben@example.org",
    name="Ben Okafor",
    gender="man",
    register="NCPS",
    number="DEMO-BEN",
    grade="Accredited Professional PNCPS (Acc.)",
    modalities=("person-centred", "integrative"),
    issues=("low-mood-or-depression", "anxiety-or-worry", "bereavement", "stress"),
    about=(
        "I worked as a paramedic before I trained. I listen without hurry and without judging, and I will be honest "
        "with you. We decide together what would make a difference."
    ),
    postcode="LS8 2AB",
    east=432300,
    north=436100,
    fee_pence=5000,
)
CARA = Character(
    email="cara@example.org",
    name="Cara Hughes",
    gender="woman",
    register="UKCP",
    number="DEMO-CARA",
    grade="Psychotherapist",
    modalities=("cbt", "emdr", "integrative"),
    issues=("ptsd-or-trauma", "anxiety-or-worry", "low-mood-or-depression", "sleep"),
    about=(
        "I work in a practical way with people who have been through something frightening, and I explain each step "
        "before we take it. Evenings and video are fine."
    ),
    postcode="LS7 3CD",
    east=430600,
    north=435900,
    fee_pence=6000,
)


def seed(plan: Plan) -> None:
    """The national register first, then the two who can be signed in as."""
    seed_register(plan)
    for character in (BEN, CARA):
        if not Therapist.objects.filter(user__email=character.email).exists():
            _add(character)


def refresh() -> None:
    if not SearchEntry.objects.exists():
        # Data of an earlier release.
        search_reindex()
    refresh_register()
    Therapist.objects.filter(demo=True, user__isnull=False).update(confirmed_at=clock.now(), unanswered_in_a_row=0)


def _add(character: Character) -> None:
    now = clock.now()
    therapist = Therapist.objects.create(
        user=get_user_model().objects.get(email=character.email),
        display_name=character.name,
        nation="england",
        gender=character.gender,
        about=character.about,
        style_directive=-1 if character is BEN else 2,
        style_emotional=2,
        style_past=0,
        style_warm=3,
        online_hours=EVENINGS | AFTERNOONS,
        fee_pence=character.fee_pence,
        cancellation_terms=CANCELLATION,
        confidentiality_terms=CONFIDENTIALITY,
        answering_days=0b0011111,
        list_limit=10,
        profile_verified_at=now,
        confirmed_at=now,
        created_at=now,
        demo=True,
    )
    _registration(character, therapist)
    _links(character, therapist)
    room = _room(character, therapist)
    Place.objects.bulk_create(
        Place(therapist=therapist, available_from=clock.today(), created_at=now) for _ in range(3)
    )
    Place.objects.create(
        therapist=therapist, location=room, day=1, time=datetime.time(18), available_from=clock.today(), created_at=now
    )
    places = [(pk, therapist.pk, False) for pk in therapist.places.order_by("pk").values_list("pk", flat=True)]
    copy_rows(PlaceClaim, CLAIM, past_claims(places, now=now, seed=therapist.pk))
    search_entries_refresh(therapist_ids=[therapist.pk])


def _registration(character: Character, therapist: Therapist) -> None:
    Registration.objects.create(
        register=Register.objects.get(code=character.register),
        therapist=therapist,
        number=character.number,
        name=character.name,
        email=character.email,
        grade=character.grade,
        status=Registration.Status.ACTIVE,
        valid_until=clock.today() + datetime.timedelta(days=300),
        checked_at=clock.now(),
        checked_by="demonstration",
        check_method="public register",
    )


def _links(character: Character, therapist: Therapist) -> None:
    for slug in character.modalities:
        therapist.modality_links.create(modality=Modality.objects.get(slug=slug), training="Postgraduate diploma")
    for issue in Issue.objects.filter(slug__in=character.issues):
        therapist.issue_links.create(issue=issue)
    therapist.language_links.create(language=Language.objects.get(slug="en"))
    therapist.client_groups.set(ClientGroup.objects.filter(slug__in=["adults", "older-adults", "lgbtq"]))
    therapist.formats.set(SessionFormat.objects.filter(slug__in=["in-person", "video", "phone"]))
    for funder in Funder.objects.filter(slug="community-counselling-fund"):
        Contract.objects.create(therapist=therapist, funder=funder, starts_on=clock.today())


def _room(character: Character, therapist: Therapist) -> Location:
    leeds = PlacePoint.objects.filter(code="LS").first()
    return Location.objects.create(
        therapist=therapist,
        name="Consulting room",
        town=leeds.name if leeds else "Leeds",
        postcode=character.postcode,
        easting=character.east,
        northing=character.north,
        precision_m=1500,
        step_free=True,
        hours=EVENINGS | AFTERNOONS,
    )
