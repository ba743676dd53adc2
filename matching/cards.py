"""The rows of a page with what people read about each therapist: two queries for all of them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db import connection

from core import clock
from core.geo import METRES_PER_MILE, distance_words
from matching.engine.columns import WAIT_UNKNOWN, microseconds
from matching.services.ranking import Reason, Row
from matching.store import store
from matching.waits import Wait
from therapists.words import initials


@dataclass(frozen=True, slots=True)
class Card:
    """`registrations`: (register, grade). `funders`: slugs whose contract is valid today. Money in pence.

    `wait_weeks` as of now, whatever it was when the row was ranked; `forecast` says more where it is a forecast.
    """

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
    confirmed_at: datetime.datetime | None
    answering_days: int
    nation: str
    location_town: str
    miles: float | None
    distance_words: str
    about: bool
    wait_weeks: int | None
    forecast: Wait | None
    on_list: int
    reasons: tuple[Reason, ...]
    row: Row


class Profile(NamedTuple):
    """A row of PROFILES."""

    pk: int
    display_name: str
    pronouns: str
    fee_pence: int | None
    concession_pence: int | None
    session_minutes: int
    confirmed_at: datetime.datetime | None
    answering_days: int
    nation: str
    town: str
    on_list: int
    median_weeks: int | None
    eight_in_ten_weeks: int | None
    based_on: int | None
    registrations: list[tuple[str, str]]
    modalities: list[str]
    formats: list[str]
    funders: list[str]


def cards(rows: Iterable[Row]) -> list[Card]:
    """Return the cards in the order of the rows. Who has lost her standing, or place and list, since is left out."""
    return cards_and_names(rows, ())[0]


def cards_and_names(rows: Iterable[Row], others: Iterable[int]) -> tuple[list[Card], dict[int, str]]:
    """Return the cards, and by pk the names of others whom the same page names. Unknown pks are left out."""
    wanted, named = list(rows), list(others)
    waits = waits_now([row.therapist_id for row in wanted])
    kept = [replace(row, wait_weeks=waits[row.therapist_id]) for row in wanted if row.therapist_id in waits]
    rooms = {row.therapist_id: row.location_id for row in kept}
    found = _profiles(dict.fromkeys(named) | rooms)
    shown = [_card(row, found[row.therapist_id]) for row in kept if row.therapist_id in found]
    return shown, {pk: found[pk].display_name for pk in named if pk in found}


def waits_now(ids: list[int]) -> dict[int, int | None]:
    """Return the waits of those who are listed and have a place, or a list that takes one more, asking again now.

    0: a place for a newcomer; None: nobody can say.
    """
    if not ids:
        return {}
    weeks = store.current().lens.weeks(tuple(ids), microseconds(clock.now()))
    return {pk: None if wait == WAIT_UNKNOWN else wait for pk, wait in weeks.items()}


# One statement, written out: putting it together anew for each page took as long as asking it.
PROFILES = """
SELECT t.id, t.display_name, t.pronouns, t.fee_pence, t.concession_pence, t.session_minutes, t.confirmed_at,
    t.answering_days, t.nation, coalesce(l.town, '') AS town, t.list_entries,
    w.median_weeks[t.list_entries + 1], w.eight_in_ten_weeks[t.list_entries + 1], w.based_on,
    ARRAY(
        SELECT ARRAY[g.short_name::text, r.grade::text]
        FROM therapists_registration r JOIN therapists_register g ON g.id = r.register_id
        WHERE r.therapist_id = t.id AND r.status IN ('active', 'active_with_sanction')
            AND r.valid_until >= %(today)s AND g.active AND g.accreditation = 'valid'
            AND coalesce(g.accredited_from <= %(today)s, true) AND coalesce(g.accredited_until >= %(today)s, true)
        ORDER BY g.short_name) AS registrations,
    ARRAY(
        SELECT m.name::text FROM therapists_therapistmodality k JOIN therapists_modality m ON m.id = k.modality_id
        WHERE k.therapist_id = t.id ORDER BY m.position, m.name) AS modalities,
    ARRAY(
        SELECT f.name::text FROM therapists_therapist_formats k JOIN therapists_sessionformat f
            ON f.id = k.sessionformat_id
        WHERE k.therapist_id = t.id ORDER BY f.position, f.bit) AS formats,
    ARRAY(
        SELECT f.slug::text FROM therapists_contract c JOIN therapists_funder f ON f.id = c.funder_id
        WHERE c.therapist_id = t.id AND c.starts_on <= %(today)s AND coalesce(c.ends_on >= %(today)s, true)
            AND f.starts_on <= %(today)s AND coalesce(f.ends_on >= %(today)s, true)
        ORDER BY f.slug) AS funders
FROM unnest(%(ids)s::bigint[], %(rooms)s::bigint[]) AS wanted (id, room)
JOIN therapists_therapist t ON t.id = wanted.id
LEFT JOIN therapists_location l ON l.id = wanted.room
LEFT JOIN matching_waitforecast w ON w.therapist_id = t.id
"""


def _profiles(rooms: dict[int, int | None]) -> dict[int, Profile]:
    """Return by pk what people read about each; the town is that of the room meant, where one is.

    Registrations are those that speak for her today.
    """
    if not rooms:
        return {}
    with connection.cursor() as cursor:
        wanted: dict[str, Any] = {"ids": list(rooms), "rooms": list(rooms.values()), "today": clock.today()}
        cursor.execute(PROFILES, wanted)
        return {found[0]: Profile(*found) for found in cursor.fetchall()}


def _forecast(row: Row, found: Profile) -> Wait | None:
    """Return what the weeks of the row rest on; whether they may be told at all was decided with them."""
    if not row.wait_weeks or found.median_weeks is None or found.eight_in_ten_weeks is None or found.based_on is None:
        return None
    return Wait(found.median_weeks, found.eight_in_ten_weeks, found.based_on)


def _card(row: Row, found: Profile) -> Card:
    return Card(
        therapist_id=row.therapist_id,
        name=found.display_name,
        initials=initials(found.display_name),
        pronouns=found.pronouns,
        registrations=tuple((register, grade) for register, grade in found.registrations),
        modalities=tuple(found.modalities),
        formats=tuple(found.formats),
        fee_pence=found.fee_pence,
        concession_pence=found.concession_pence,
        session_minutes=found.session_minutes,
        funders=tuple(found.funders),
        confirmed_at=found.confirmed_at,
        answering_days=found.answering_days,
        nation=found.nation,
        location_town=found.town,
        miles=None if row.metres is None else row.metres / METRES_PER_MILE,
        distance_words="" if row.metres is None else distance_words(row.metres, row.about),
        about=row.about,
        wait_weeks=row.wait_weeks,
        forecast=_forecast(row, found),
        on_list=found.on_list,
        reasons=row.reasons,
        row=row,
    )
