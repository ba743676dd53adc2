"""Turns a draw into rows of the tables, in the order of their columns."""

import datetime
import random
from dataclasses import dataclass, field
from typing import Any

from core import clock, crypto
from core.choices import Nation
from core.clock import LONDON
from therapists.demo.draw import MODALITIES, Draw
from therapists.demo.people import ABOUT, CANCELLATION, CONFIDENTIALITY
from therapists.models import Registration

Row = tuple[Any, ...]

THERAPIST = (
    "id display_name nation gender gender_text pronouns about style_directive style_emotional style_past style_warm"
    " online_hours fee_pence concession_pence session_minutes cancellation_terms confidentiality_terms answering_days"
    " list_limit list_closed monthly_limit new_people_month new_people_count paused profile_verified_at confirmed_at"
    " unanswered_in_a_row offerable_entries list_entries created_at demo"
).split()
REGISTRATION = (
    "register_id therapist_id number name email town postcode grade grade_from status valid_until sanction_reviewed_by"
    " contradiction checked_at checked_by check_method evidence next_check row_digest"
).split()
LOCATION = "id therapist_id name address town postcode easting northing precision_m step_free hours active".split()
PLACE = "id therapist_id location_id day time session_format_id available_from created_at".split()
CLAIM = "place_id kind holder_type holder_id opened_at released_at release_reason".split()


@dataclass
class Reference:
    """What the rows point to: primary keys by slug or code, and the centre of each postcode area."""

    registers: dict[str, tuple[int, list[str]]]
    modalities: dict[str, int]
    issues: list[int]
    languages: dict[str, int]
    groups: dict[str, int]
    formats: dict[str, int]
    identity: list[int]
    access: list[int]
    funders: list[int]
    areas: dict[str, tuple[str, str, int, int]]


@dataclass
class Rows:
    """Rows by table, ready for COPY."""

    therapists: list[Row] = field(default_factory=list)
    registrations: list[Row] = field(default_factory=list)
    modalities: list[Row] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)
    languages: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    formats: list[Row] = field(default_factory=list)
    identity: list[Row] = field(default_factory=list)
    access: list[Row] = field(default_factory=list)
    locations: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    claims: list[Row] = field(default_factory=list)
    # Places with a past: (place, therapist, somebody is in it now).
    used: list[tuple[int, int, bool]] = field(default_factory=list)
    contracts: list[Row] = field(default_factory=list)


class RowMaker:
    """Makes all rows of one therapist after another. Primary keys count up from those reserved."""

    def __init__(self, drawn: Draw, reference: Reference, ids: dict[str, int], seed: int) -> None:
        self.drawn, self.reference, self.ids = drawn, reference, ids
        self.now = now = clock.now()
        self.random = random.Random(seed)  # noqa: S311 - a demonstration, not a secret
        self.today = now.astimezone(LONDON).date()
        self.rows = Rows()
        self._modality_slugs = [slug for slug in MODALITIES if slug in reference.modalities]
        self._modality_weights = [MODALITIES[slug] for slug in self._modality_slugs]

    def make(self) -> Rows:
        for index in range(len(self.drawn.given)):
            self._one(index, self.ids["therapist"] + index)
        return self.rows

    def _one(self, index: int, pk: int) -> None:
        # An area on a border has no nation of its own; deadlines need one.
        nation = self.reference.areas[self.drawn.area[index]][1] or Nation.ENGLAND.value
        self.rows.therapists.append(self._therapist(index, pk, nation))
        self._registrations(index, pk)
        self._offers(pk)
        self._people(index, pk, nation)
        rooms = self._rooms(index, pk)
        self._places(index, pk, rooms)

    def _therapist(self, index: int, pk: int, nation: str) -> Row:
        drawn = self.drawn
        fee = int(drawn.fee[index]) + (1500 if drawn.area[index] in {"EC", "WC", "NW", "W", "SW"} else 0)
        confirmed = self.now - datetime.timedelta(days=float(drawn.confirmed_days[index]))
        style = [None if value == 9 else int(value) for value in drawn.style[index]]
        return (
            pk, f"{drawn.given[index]} {drawn.family[index]}", nation, drawn.gender[index], "", "",
            ABOUT[pk % len(ABOUT)], *style, int(drawn.online_hours[index]), fee,
            fee - 1500 if pk % 3 == 0 else None, 50, CANCELLATION, CONFIDENTIALITY,
            self._answering_days(), 0 if pk % 4 == 3 else 10, False, None, "", 0, pk % 97 == 0, confirmed, confirmed, 0,
            0, 0, confirmed, True,
        )  # fmt: skip

    def _answering_days(self) -> int:
        return sum(1 << day for day in self.random.sample(range(5), self.random.randint(2, 5)))

    def _registrations(self, index: int, pk: int) -> None:
        codes = {self.drawn.register[index], self.drawn.second_register[index]} - {""}
        for code in sorted(codes):
            register_id, grades = self.reference.registers[code]
            status = self._status(pk)
            valid_until = self.today + datetime.timedelta(days=self.random.randint(30, 364))
            if status == Registration.Status.LAPSED:
                valid_until = self.today - datetime.timedelta(days=30)
            name = f"{self.drawn.given[index]} {self.drawn.family[index]}"
            email = crypto.encrypt(f"therapist{pk}@example.org", bound_to="therapists_registration.email")
            self.rows.registrations.append(
                (
                    register_id,
                    pk,
                    f"D{code}{pk:07d}",
                    name,
                    email,
                    self.reference.areas[self.drawn.area[index]][0],
                    "",
                    self.random.choice(grades) if grades else "",
                    None,
                    status,
                    valid_until,
                    "",
                    "",
                    self.now,
                    "demonstration",
                    "register file",
                    "",
                    valid_until,
                    "",
                )
            )

    def _status(self, pk: int) -> str:
        if pk % 113 == 0:
            return Registration.Status.LAPSED
        return Registration.Status.SUSPENDED if pk % 991 == 0 else Registration.Status.ACTIVE

    def _offers(self, pk: int) -> None:
        """Modalities and issues: a few of each, common ones more often."""
        count = self.random.choice((1, 2, 2, 3, 3, 4, 5))
        chosen = set(self.random.choices(self._modality_slugs, self._modality_weights, k=count))
        self.rows.modalities += [(pk, self.reference.modalities[slug], "Diploma") for slug in sorted(chosen)]
        issues = self.random.sample(self.reference.issues, self.random.randint(4, 10))
        self.rows.issues += [(pk, issue) for issue in issues]

    def _people(self, index: int, pk: int, nation: str) -> None:
        """Languages, client groups, formats, identity, access and contracts."""
        reference, dice = self.reference, self.random.random
        spoken = {"en"} | ({"cy"} if nation == "wales" and dice() < 0.3 else set())
        if dice() < 0.09:
            spoken.add(self.random.choice(sorted(reference.languages)))
        self.rows.languages += [(pk, reference.languages[tag], "fluent") for tag in sorted(spoken)]
        groups = {"adults"} | {slug for slug in reference.groups if dice() < 0.18}
        self.rows.groups += [(pk, reference.groups[slug]) for slug in sorted(groups)]
        formats = {slug for slug, share in (("video", 0.86), ("phone", 0.55)) if dice() < share}
        if self.drawn.in_person[index] or not formats:
            formats.add("in-person")
        self.rows.formats += [(pk, reference.formats[slug]) for slug in sorted(formats)]
        if dice() < 0.25:
            self.rows.identity += [(pk, tag) for tag in self.random.sample(reference.identity, 1)]
        if dice() < 0.3:
            self.rows.access += [(pk, option) for option in self.random.sample(reference.access, 2)]
        if dice() < 0.3:
            starts = self.today - datetime.timedelta(days=200)
            self.rows.contracts.append((pk, self.random.choice(reference.funders), starts))

    def _rooms(self, index: int, pk: int) -> list[int]:
        if not self.drawn.in_person[index]:
            return []
        town, _, easting, northing = self.reference.areas[self.drawn.area[index]]
        east, north = self.drawn.spread[index] * 7000
        room = self.ids["location"] + len(self.rows.locations)
        self.rows.locations.append(
            (
                room,
                pk,
                f"Room in {town}",
                "",
                town,
                self._postcode(index),
                int(easting + east),
                int(northing + north),
                1500,
                self.random.random() < 0.45,
                int(self.drawn.room_hours[index]),
                True,
            )
        )
        return [room]

    def _postcode(self, index: int) -> str:
        letters = self.random.choices("ABDEFGHJLNPQRSTUWXYZ", k=2)
        area = self.drawn.area[index]
        district = "1A" if area in {"EC", "WC"} else str(self.random.randint(1, 20))
        return f"{area}{district} {self.random.randint(1, 9)}{''.join(letters)}"

    def _places(self, index: int, pk: int, rooms: list[int]) -> None:
        """Free places as drawn, and two to six in which somebody is already."""
        free = int(self.drawn.places[index])
        # A past for some: most of all for those who are full, whose waits people are told.
        has_past = pk % (24 if free else 4) == 0
        for number in range(free + self.random.randint(1, 3)):
            place = self.ids["place"] + len(self.rows.places)
            fixed = self.random.random() < 0.4
            day = self._working_day(int(self.drawn.online_hours[index])) if fixed else None
            time = None if day is None else self._time(int(self.drawn.online_hours[index]), day)
            self.rows.places.append(
                (place, pk, None, day, time, None, self.today - datetime.timedelta(days=60), self.now)
            )
            if has_past:
                self.rows.used.append((place, pk, number >= free))
            elif number >= free:
                self.rows.claims.append(
                    (place, "occupied", "demo", pk, self.now - datetime.timedelta(days=90), None, "")
                )

    def _working_day(self, hours: int) -> int:
        return self.random.choice([day for day in range(7) if hours >> (day * 3) & 7])

    def _time(self, hours: int, day: int) -> datetime.time:
        parts = [part for part in range(3) if hours >> (day * 3 + part) & 1]
        return datetime.time((9, 13, 18)[self.random.choice(parts)] + self.random.randint(0, 2))
