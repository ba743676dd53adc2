"""The plain objects of `world` as facts in columns. (Facts read from the database have their own test.)"""

import datetime as dt
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

import numpy as np

from matching.engine import columns as c
from matching.engine import facts as f
from matching.engine.register import Register, arranged
from tests.matching import world as w

LONDON = ZoneInfo("Europe/London")

BOOK = c.Book(
    masks={
        "modality": {slug: 1 << bit for slug, (bit, _) in w.MODALITIES.items()},
        "issue": {slug: 1 << bit for slug, bit in w.ISSUES.items()},
        "language": {slug: 1 << bit for slug, bit in w.LANGUAGES.items()},
        "group": {slug: 1 << bit for slug, (bit, _) in w.GROUPS.items()},
        "identity": {slug: 1 << bit for slug, (bit, _) in w.TAGS.items()},
        "access": {slug: 1 << bit for slug, bit in w.ACCESS.items()},
        "format": {slug: 1 << bit for slug, (bit, _) in w.FORMATS.items()},
        "funder": {slug: 1 << bit for slug, (bit, _, _) in w.FUNDERS.items()},
    },
    family_of={slug: 1 << w.FAMILIES[family] for slug, (_, family) in w.MODALITIES.items() if family},
    kind_of={slug: 1 << w.KINDS[kind] for slug, (_, kind) in w.TAGS.items()},
    required_groups=frozenset(slug for slug, (_, required) in w.GROUPS.items() if required),
    in_person=sum(1 << bit for bit, in_person in w.FORMATS.values() if in_person),
)


def start_of(day: dt.date) -> int:
    return c.microseconds(dt.datetime.combine(day, dt.time(), LONDON).astimezone(dt.UTC))


def end_of(day: dt.date | None) -> int:
    return c.ALWAYS if day is None else start_of(day + dt.timedelta(1))


def register_of(people: list[w.Person]) -> Register:
    return arranged(facts_of(people))


def facts_of(people: list[w.Person]) -> f.Facts:
    """Return the columns of some people, in order of their ids."""
    people = sorted(people, key=lambda p: p.id)
    windows = [_windows(person) for person in people]
    months = [_full_month(person) for person in people]
    therapists = f.Therapists(
        ids=np.array([p.id for p in people], np.int64),
        settled=np.array([_settled(p) for p in people], bool),
        confirmed_until=np.array([_confirmed_until(p) for p in people], np.int64),
        stands_from=np.array([found[0][0] if found else c.NEVER for found in windows], np.int64),
        stands_until=np.array([found[0][1] if found else c.NEVER for found in windows], np.int64),
        limit_from=np.array([start for start, _ in months], np.int64),
        limit_until=np.array([until for _, until in months], np.int64),
        offerable=np.array([p.offerable for p in people], np.int32),
        gender=np.array([c.GENDERS.index(p.gender) for p in people], np.int8),
        style=np.array([[p.style.get(s, c.STYLE_UNKNOWN) for p in people] for s in c.SCALES], np.int8),
        fee=np.array([c.FEE_UNKNOWN if p.fee is None else p.fee for p in people], np.int32),
        online_hours=np.array([p.online_hours for p in people], np.uint32),
        on_list=np.array([not p.list_closed and p.list_entries < p.list_limit for p in people], bool),
        weeks=np.array([c.WAIT_UNKNOWN if _told(p) is None else _told(p) for p in people], np.int16),
        weeks_until=np.array([_told_until(p) for p in people], np.int64),
        sets=_sets(people),
    )
    rooms = [(n, r) for n, p in enumerate(people) for r in sorted(p.rooms, key=lambda r: r.id) if r.active]
    places = [(n, p) for n, q in enumerate(people) for p in q.places if p.available_from and not p.occupied]
    contracts = [(n, *contract) for n, p in enumerate(people) for contract in p.contracts]
    more = [(n, *window) for n, found in enumerate(windows) for window in found[1:]]
    return f.Facts(
        book=BOOK,
        therapists=therapists,
        locations=_locations(rooms),
        places=_places(places),
        windows=f.Windows(
            row=np.array([n for n, _, _ in more], np.int32),
            starts=np.array([start for _, start, _ in more], np.int64),
            until=np.array([until for _, _, until in more], np.int64),
        ),
        contracts=_contracts(contracts),
    )


def _settled(p: w.Person) -> bool:
    bad = any(
        r.contradiction
        or r.status in {"suspended", "removed"}
        or (r.status == "active_with_sanction" and not r.reviewed)
        for r in p.registrations
    )
    return p.verified and not p.paused and p.unanswered < 2 and not bad


def _confirmed_until(p: w.Person) -> int:
    return c.NEVER if p.confirmed_at is None else c.microseconds(p.confirmed_at + dt.timedelta(days=14)) + 1


def _told(p: w.Person) -> int | None:
    """The forecast for whoever joins her list now, however old."""
    told = p.forecast
    if told is None or told.open_places != len(p.places) or p.list_entries >= len(told.weeks):
        return None
    return told.weeks[p.list_entries]


def _told_until(p: w.Person) -> int:
    if p.forecast is None or _told(p) is None:
        return c.NEVER
    return c.microseconds(p.forecast.computed_at + dt.timedelta(days=3)) + 1


def _windows(p: w.Person) -> list[tuple[int, int]]:
    found = []
    for r in p.registrations:
        dates = w.REGISTERS[r.register]
        if r.status in {"active", "active_with_sanction"} and r.valid_until and dates:
            found.append((start_of(dates[0]) if dates[0] else 0, min(end_of(r.valid_until), end_of(dates[1]))))
    return [(start, until) for start, until in found if start < until]


def _full_month(p: w.Person) -> tuple[int, int]:
    month, count = p.new_people
    if p.monthly_limit == 0:
        return c.NEVER, c.ALWAYS
    if p.monthly_limit is None or not month or count < p.monthly_limit:
        return c.NEVER, c.NEVER
    first = dt.date.fromisoformat(f"{month}-01")
    return start_of(first), start_of((first + dt.timedelta(31)).replace(day=1))


def _sets(people: list[w.Person]) -> dict[str, tuple[c.U64, ...]]:
    def families(p: w.Person) -> int:
        return _union(1 << w.FAMILIES[family] for m in p.modalities if (family := w.MODALITIES[m][1]))

    def kinds(p: w.Person) -> int:
        return _union(1 << w.KINDS[w.TAGS[tag][1]] for tag in p.tags)

    masks = BOOK.masks
    by_name: dict[str, Callable[[w.Person], int]] = {
        "modality": lambda p: _union(masks["modality"][s] for s in p.modalities),
        "family": families,
        "issue": lambda p: _union(masks["issue"][s] for s in p.issues),
        "language": lambda p: _union(masks["language"][s] for s in p.languages),
        "group": lambda p: _union(masks["group"][s] for s in p.groups),
        "identity": lambda p: _union(masks["identity"][s] for s in p.tags),
        "kind": kinds,
        "access": lambda p: _union(masks["access"][s] for s in p.access),
        "format": lambda p: _union(masks["format"][s] for s in p.formats),
    }
    return {
        name: tuple(np.array([mask_of(p) >> 64 * word & c.ALL_BITS for p in people], np.uint64) for word in (0, 1))
        for name, mask_of in by_name.items()
    }


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _locations(rooms: list[tuple[int, w.Room]]) -> f.Locations:
    return f.Locations(
        ids=np.array([r.id for _, r in rooms], np.int64),
        row=np.array([n for n, _ in rooms], np.int32),
        easting=np.array([r.easting for _, r in rooms], np.int32),
        northing=np.array([r.northing for _, r in rooms], np.int32),
        precision=np.array([r.precision for _, r in rooms], np.int32),
        step_free=np.array([-1 if r.step_free is None else int(r.step_free) for _, r in rooms], np.int8),
        hours=np.array([r.hours for _, r in rooms], np.uint32),
    )


def _places(places: list[tuple[int, w.Place]]) -> f.Places:
    return f.Places(
        row=np.array([n for n, _ in places], np.int32),
        free_from=np.array([_free_from(p) for _, p in places], np.int64),
        hours=np.array([_hours(p) for _, p in places], np.uint32),
        exact=np.array([p.day is not None and p.hour is not None for _, p in places], bool),
        formats=np.array(
            [BOOK.masks["format"][p.session_format] if p.session_format else c.ALL_BITS for _, p in places], np.uint64
        ),
        location=np.array([p.room or 0 for _, p in places], np.int64),
    )


def _free_from(p: w.Place) -> int:
    held = c.microseconds(p.held_until) + 1 if p.held_until else c.NEVER
    return max(start_of(p.available_from or dt.date.max), held)


def _hours(p: w.Place) -> int:
    days = range(7) if p.day is None else [p.day]
    parts = range(3) if p.hour is None else [0 if p.hour < 12 else 1 if p.hour < 17 else 2]
    return _union(1 << (day * 3 + part) for day in days for part in parts)


def _contracts(contracts: list[tuple[int, str, dt.date, dt.date | None]]) -> f.Contracts:
    return f.Contracts(
        row=np.array([n for n, *_ in contracts], np.int32),
        funder=np.array([w.FUNDERS[slug][0] for _, slug, _, _ in contracts], np.int32),
        starts=np.array([max(start_of(starts), start_of(w.FUNDERS[s][1])) for _, s, starts, _ in contracts], np.int64),
        until=np.array([min(end_of(ends), end_of(w.FUNDERS[s][2])) for _, s, _, ends in contracts], np.int64),
    )
