"""Writes the plain objects of `world` into the tables, through the ORM."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from matching.models import ForecastRun, WaitForecast
from tests.matching import world as w
from therapists import models as m

Rows = dict[str, Any]


def store_lists() -> dict[str, Rows]:
    """Write the reference data of `world`; return rows by list and slug."""
    lists: dict[str, Rows] = {}
    lists["family"] = _rows(m.Family, {slug: {"bit": bit} for slug, bit in w.FAMILIES.items()})
    lists["modality"] = _rows(
        m.Modality,
        {slug: {"bit": bit, "family": lists["family"][family]} for slug, (bit, family) in w.MODALITIES.items()},
    )
    lists["issue"] = _rows(m.Issue, {slug: {"bit": bit, "group": "all"} for slug, bit in w.ISSUES.items()})
    lists["language"] = _rows(m.Language, {slug: {"bit": bit} for slug, bit in w.LANGUAGES.items()})
    lists["group"] = _rows(
        m.ClientGroup, {slug: {"bit": bit, "required": required} for slug, (bit, required) in w.GROUPS.items()}
    )
    lists["tag"] = _rows(m.IdentityTag, {slug: {"bit": bit, "kind": kind} for slug, (bit, kind) in w.TAGS.items()})
    lists["access"] = _rows(m.AccessOption, {slug: {"bit": bit} for slug, bit in w.ACCESS.items()})
    lists["format"] = _rows(
        m.SessionFormat, {slug: {"bit": bit, "in_person": there} for slug, (bit, there) in w.FORMATS.items()}
    )
    lists["funder"] = _rows(
        m.Funder,
        {
            slug: {"bit": bit, "sessions": 8, "starts_on": starts, "ends_on": ends}
            for slug, (bit, starts, ends) in w.FUNDERS.items()
        },
    )
    lists["register"] = {code: _register(code, dates) for code, dates in w.REGISTERS.items()}
    return lists


def _rows(model: Any, rows: dict[str, dict[str, Any]]) -> Rows:
    return {slug: model.objects.create(slug=slug, name=slug, **values) for slug, values in rows.items()}


def _register(code: str, dates: tuple[dt.date | None, dt.date | None] | None) -> m.Register:
    state = m.Register.Accreditation
    return m.Register.objects.create(
        code=code,
        name=code,
        short_name=code,
        accreditation=state.VALID if dates else state.WITHDRAWN,
        accredited_from=dates[0] if dates else dt.date(2010, 1, 1),
        accredited_until=dates[1] if dates else None,
    )


def store_people(people: Iterable[w.Person], lists: dict[str, Rows]) -> None:
    for person in people:
        store_person(person, lists)


def store_person(p: w.Person, lists: dict[str, Rows]) -> m.Therapist:
    therapist = m.Therapist.objects.create(
        id=p.id,
        display_name=f"Therapist {p.id}",
        nation="england",
        gender=p.gender,
        **{f"style_{scale}": value for scale, value in p.style.items()},
        online_hours=p.online_hours,
        fee_pence=p.fee,
        monthly_limit=p.monthly_limit,
        new_people_month=p.new_people[0],
        new_people_count=p.new_people[1],
        paused=p.paused,
        profile_verified_at=w.NOON if p.verified else None,
        confirmed_at=p.confirmed_at,
        unanswered_in_a_row=p.unanswered,
        offerable_entries=p.offerable,
        list_limit=p.list_limit,
        list_closed=p.list_closed,
        list_entries=p.list_entries,
        created_at=w.NOON,
    )
    for slug in p.modalities:
        m.TherapistModality.objects.create(therapist=therapist, modality=lists["modality"][slug])
    for slug in p.issues:
        m.TherapistIssue.objects.create(therapist=therapist, issue=lists["issue"][slug])
    for slug in w.LANGUAGES:
        # Conversation is not enough to hold therapy in: whoever is not fluent gets a row that must not count.
        level = m.TherapistLanguage.Level.FLUENT if slug in p.languages else m.TherapistLanguage.Level.CONVERSATIONAL
        m.TherapistLanguage.objects.create(therapist=therapist, language=lists["language"][slug], level=level)
    therapist.client_groups.set([lists["group"][slug] for slug in p.groups])
    therapist.identity_tags.set([lists["tag"][slug] for slug in p.tags])
    therapist.access_options.set([lists["access"][slug] for slug in p.access])
    therapist.formats.set([lists["format"][slug] for slug in p.formats])
    for slug, starts, ends in p.contracts:
        therapist.contracts.create(funder=lists["funder"][slug], starts_on=starts, ends_on=ends)
    for number, registration in enumerate(p.registrations):
        _store_registration(therapist, number, registration, lists)
    for room in p.rooms:
        _store_room(therapist, room)
    for place in p.places:
        _store_place(therapist, place, lists)
    if p.forecast:
        store_forecast(therapist.pk, p.forecast)
    return therapist


def store_forecast(therapist_id: int, told: w.Forecast) -> WaitForecast:
    run = {"method": "1", "computed_at": told.computed_at, "turns": 0, "forecasts": 1, "cases": 0}
    return WaitForecast.objects.create(
        therapist_id=therapist_id,
        run=ForecastRun.objects.create(**run),
        computed_at=told.computed_at,
        median_weeks=told.weeks,
        eight_in_ten_weeks=[weeks + 1 for weeks in told.weeks],
        based_on=10,
        open_places=told.open_places,
        shape=1,
        rate=1,
    )


def _store_registration(therapist: m.Therapist, number: int, r: w.Registration, lists: dict[str, Rows]) -> None:
    therapist.registrations.create(
        register=lists["register"][r.register],
        number=f"{therapist.pk}-{number}",
        name=therapist.display_name,
        status=r.status,
        valid_until=r.valid_until,
        sanction_reviewed_at=w.NOON if r.reviewed else None,
        contradiction="two names" if r.contradiction else "",
    )


def _store_room(therapist: m.Therapist, room: w.Room) -> None:
    therapist.locations.create(
        id=room.id,
        name="Room",
        postcode="LS1 4AP",
        easting=room.easting,
        northing=room.northing,
        precision_m=room.precision,
        step_free=room.step_free,
        hours=room.hours,
        active=room.active,
    )


def _store_place(therapist: m.Therapist, p: w.Place, lists: dict[str, Rows]) -> None:
    place = therapist.places.create(
        location_id=p.room,
        day=p.day,
        time=None if p.hour is None else dt.time(p.hour),
        session_format=lists["format"][p.session_format] if p.session_format else None,
        available_from=p.available_from,
        created_at=w.NOON,
    )
    claim = {"holder_type": "offer", "holder_id": place.pk, "opened_at": w.NOON}
    # What was released long ago says nothing of today.
    place.claims.create(kind="occupied", released_at=w.NOON, release_reason="ended", **claim)
    if p.occupied:
        place.claims.create(kind="occupied", **claim)
    if p.held_until:
        place.claims.create(kind="hold", expires_at=p.held_until, **claim)
