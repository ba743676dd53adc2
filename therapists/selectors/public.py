"""What anybody may read about a therapist. The page clients see and her own preview are made from this one value."""

import datetime
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from core import clock
from therapists import words
from therapists.models import Contract, Location, Registration, Therapist
from therapists.selectors.standing import is_good


@dataclass(frozen=True, slots=True)
class RegisterLine:
    register: str
    short_name: str
    grade: str
    number: str


@dataclass(frozen=True, slots=True)
class Described:
    """A name with what stands behind it."""

    name: str
    description: str = ""
    note: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """Where she works: town and outcode, never the street, which is for the person she meets."""

    name: str
    town: str
    outcode: str
    step_free: bool | None
    hours: list[str]


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """Everything in words, ready to print. Amounts are in pounds, hours by day."""

    id: int
    name: str
    initials: str
    pronouns: str
    gender: str
    about: str
    registers: list[RegisterLine]
    modalities: list[Described]
    issues: list[str]
    languages: list[Described]
    client_groups: list[str]
    identity: list[str]
    access: list[str]
    formats: list[str]
    rooms: list[Room]
    online_hours: list[str]
    answering_days: str
    fee: str
    concession: str
    session_minutes: int
    cancellation_terms: str
    confidentiality_terms: str
    funders: list[Described]
    style: list[str]
    # Scale -> -3..3, as `Therapist.style_*`; a scale she did not speak of is absent.
    style_values: dict[str, int]


def public_profile(therapist_id: int) -> PublicProfile | None:
    """Return what may be shown of one therapist, listed or not: whether to show it at all is the caller's question."""
    today = clock.today()
    therapist = _with_everything(today).filter(pk=therapist_id).first()
    return None if therapist is None else _profile(therapist, today)


def _with_everything(today: datetime.date) -> QuerySet[Therapist]:
    current = Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    return Therapist.objects.prefetch_related(
        Prefetch("registrations", Registration.objects.select_related("register").order_by("register__name")),
        "modality_links__modality",
        "issue_links__issue",
        "language_links__language",
        "client_groups",
        "identity_tags",
        "access_options",
        "formats",
        Prefetch("locations", Location.objects.filter(active=True).order_by("pk")),
        Prefetch("contracts", Contract.objects.filter(current).select_related("funder")),
    )


def _profile(therapist: Therapist, today: datetime.date) -> PublicProfile:
    return PublicProfile(
        id=therapist.pk,
        name=therapist.display_name,
        initials=words.initials(therapist.display_name),
        pronouns=therapist.pronouns,
        gender=_gender(therapist),
        about=therapist.about,
        registers=[
            RegisterLine(row.register.name, row.register.short_name, row.grade, row.number)
            for row in therapist.registrations.all()
            if is_good(row, today)
        ],
        modalities=[
            Described(link.modality.name, link.modality.description, link.training, link.modality_id)
            for link in therapist.modality_links.all()
        ],
        issues=[link.issue.name for link in therapist.issue_links.all()],
        languages=[
            Described(link.language.name, note=link.get_level_display()) for link in therapist.language_links.all()
        ],
        client_groups=[row.name for row in therapist.client_groups.all()],
        identity=[row.name for row in therapist.identity_tags.all()],
        access=[row.name for row in therapist.access_options.all()],
        formats=[row.name for row in therapist.formats.all()],
        rooms=[_room(row) for row in therapist.locations.all()],
        online_hours=words.hours_words(therapist.online_hours),
        answering_days=words.days_words(therapist.answering_days),
        fee=words.money(therapist.fee_pence),
        concession=words.money(therapist.concession_pence),
        session_minutes=therapist.session_minutes,
        cancellation_terms=therapist.cancellation_terms,
        confidentiality_terms=therapist.confidentiality_terms,
        funders=[
            Described(row.funder.name, row.funder.description, words.sessions_words(row.funder.sessions))
            for row in therapist.contracts.all()
        ],
        style=[text for field in words.STYLE_POLES if (text := words.style_words(field, getattr(therapist, field)))],
        style_values=words.style_values(therapist),
    )


def _gender(therapist: Therapist) -> str:
    if therapist.gender == Therapist.Gender.SELF_DESCRIBED:
        return therapist.gender_text
    return therapist.get_gender_display() if therapist.gender else ""


def _room(row: Location) -> Room:
    return Room(row.name, row.town, row.postcode.split(" ")[0], row.step_free, words.hours_words(row.hours))
