"""The rows of a page with what people read about each therapist: three queries for all of them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from core import clock
from core.geo import METRES_PER_MILE, distance_words
from matching.engine.columns import microseconds
from matching.services.ranking import Reason, Row
from matching.store import store
from therapists.models import Contract, Location, Register, Registration, SessionFormat, Therapist, TherapistModality
from therapists.words import initials


@dataclass(frozen=True, slots=True)
class Card:
    """`registrations`: (register, grade). `funders`: slugs whose contract is valid today. Money in pence."""

    therapist_id: int
    name: str
    initials: str
    pronouns: str
    registrations: tuple[tuple[str, str], ...]
    modalities: tuple[str, ...]
    formats: tuple[str, ...]
    fee_pence: int | None
    concession_pence: int | None
    session_minutes: int
    funders: tuple[str, ...]
    free_places: int
    confirmed_at: datetime.datetime | None
    answering_days: int
    nation: str
    location_town: str
    miles: float | None
    distance_words: str
    about: bool
    wait_weeks: int | None
    reasons: tuple[Reason, ...]
    row: Row


def cards(rows: Iterable[Row]) -> list[Card]:
    """Return the cards in the order of the rows. Who has lost her standing or her last place since is left out."""
    wanted = list(rows)
    free = free_now([row.therapist_id for row in wanted])
    kept = [row for row in wanted if row.therapist_id in free]
    found = {therapist["pk"]: therapist for therapist in _profiles(free)}
    towns = _towns({row.location_id for row in kept if row.location_id is not None})
    return [
        _card(row, found[row.therapist_id], free[row.therapist_id], towns.get(row.location_id or 0, ""))
        for row in kept
        if row.therapist_id in found
    ]


def free_now(ids: list[int]) -> dict[int, int]:
    """Return free places by pk of those who are listed and have one at this moment, asking again whether it is so."""
    if not ids:
        return {}
    lens = store.current().lens
    view = lens.at(microseconds(clock.now()))
    rows = lens.register.rows_of(tuple(ids))
    rows = rows[view.listed[rows] & (view.free[rows] > 0)]
    return dict(zip(lens.register.therapists.ids[rows].tolist(), view.free[rows].tolist(), strict=True))


def _profiles(ids: Iterable[int]) -> Iterable[Any]:
    today = clock.today()
    in_force = Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    paid = Q(funder__starts_on__lte=today) & (Q(funder__ends_on__isnull=True) | Q(funder__ends_on__gte=today))
    own = {"therapist": OuterRef("pk")}
    modalities = TherapistModality.objects.filter(**own).order_by("modality__position", "modality__name")
    formats = SessionFormat.objects.filter(therapists=OuterRef("pk")).order_by("position", "bit")
    funders = Contract.objects.filter(in_force & paid, **own).order_by("funder__slug")
    return (
        Therapist.objects.filter(pk__in=list(ids))
        .annotate(
            registered=ArraySubquery(_registrations(today).values(pair=JSONObject(register=_SHORT, grade="grade"))),
            modality_names=ArraySubquery(modalities.values("modality__name")),
            format_names=ArraySubquery(formats.values("name")),
            funder_slugs=ArraySubquery(funders.values("funder__slug")),
        )
        .values(
            "pk",
            "display_name",
            "pronouns",
            "fee_pence",
            "concession_pence",
            "session_minutes",
            "confirmed_at",
            "answering_days",
            "nation",
            "registered",
            "modality_names",
            "format_names",
            "funder_slugs",
        )
    )


_SHORT = F("register__short_name")


def _registrations(today: datetime.date) -> QuerySet[Registration]:
    """Those that speak for her today: what is out of date is not shown beside what is valid."""
    status = Registration.Status
    already = Q(register__accredited_from__isnull=True) | Q(register__accredited_from__lte=today)
    still = Q(register__accredited_until__isnull=True) | Q(register__accredited_until__gte=today)
    return Registration.objects.filter(
        already,
        still,
        therapist=OuterRef("pk"),
        status__in=[status.ACTIVE, status.SANCTION],
        valid_until__gte=today,
        register__active=True,
        register__accreditation=Register.Accreditation.VALID,
    ).order_by("register__short_name")


def _towns(location_ids: set[int]) -> dict[int, str]:
    if not location_ids:
        return {}
    return dict(Location.objects.filter(pk__in=location_ids).values_list("pk", "town"))


def _card(row: Row, therapist: dict[str, Any], free_places: int, town: str) -> Card:
    return Card(
        therapist_id=row.therapist_id,
        name=therapist["display_name"],
        initials=initials(therapist["display_name"]),
        pronouns=therapist["pronouns"],
        registrations=tuple((pair["register"], pair["grade"]) for pair in therapist["registered"]),
        modalities=tuple(therapist["modality_names"]),
        formats=tuple(therapist["format_names"]),
        fee_pence=therapist["fee_pence"],
        concession_pence=therapist["concession_pence"],
        session_minutes=therapist["session_minutes"],
        funders=tuple(therapist["funder_slugs"]),
        free_places=free_places,
        confirmed_at=therapist["confirmed_at"],
        answering_days=therapist["answering_days"],
        nation=therapist["nation"],
        location_town=town,
        miles=None if row.metres is None else row.metres / METRES_PER_MILE,
        distance_words="" if row.metres is None else distance_words(row.metres, row.about),
        about=row.about,
        wait_weeks=row.wait_weeks,
        reasons=row.reasons,
        row=row,
    )
