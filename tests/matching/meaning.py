"""What is true of one therapist, slow and obvious, in sets and fractions: standing, places, hours, rooms, each item."""

import datetime as dt
from fractions import Fraction
from zoneinfo import ZoneInfo

from clients.preferences import DAY_PART_MASKS, Stated, Wish
from tests.matching import world as w

LONDON = ZoneInfo("Europe/London")
HALF = Fraction(1, 2)


# Standing and places.


def listed(p: w.Person, as_of: dt.datetime) -> bool:
    day = as_of.astimezone(LONDON).date()
    if any(_bad(r) for r in p.registrations) or not any(_good(r, day) for r in p.registrations):
        return False
    if not p.verified or p.paused or p.unanswered >= 2:
        return False
    if p.confirmed_at is None or as_of - p.confirmed_at > dt.timedelta(days=14):
        return False
    taken = p.new_people[1] if p.new_people[0] == f"{day:%Y-%m}" else 0
    return p.monthly_limit is None or taken < p.monthly_limit


def _bad(r: w.Registration) -> bool:
    unreviewed = r.status == "active_with_sanction" and not r.reviewed
    return r.contradiction or unreviewed or r.status in ("suspended", "removed")


def _good(r: w.Registration, day: dt.date) -> bool:
    accredited = w.REGISTERS[r.register]
    if r.status not in ("active", "active_with_sanction") or r.valid_until is None or accredited is None:
        return False
    return (accredited[0] or dt.date.min) <= day <= min(accredited[1] or dt.date.max, r.valid_until)


def free_places(p: w.Person, as_of: dt.datetime) -> list[w.Place]:
    day = as_of.astimezone(LONDON).date()
    return [
        place
        for place in p.places
        if place.available_from is not None
        and place.available_from <= day
        and not place.occupied
        and not (place.held_until is not None and as_of <= place.held_until)
    ]


def has_place(p: w.Person, as_of: dt.datetime) -> bool:
    return len(free_places(p, as_of)) > p.offerable


def accepts_waiting(p: w.Person) -> bool:
    return not p.list_closed and p.list_entries < p.list_limit


def wait(p: w.Person, as_of: dt.datetime) -> int | None:
    """Whole weeks: 0 with a place now; None where nobody can say."""
    if has_place(p, as_of):
        return 0
    told = p.forecast
    if told is None or as_of - told.computed_at > dt.timedelta(days=3) or told.open_places != len(p.places):
        return None
    return told.weeks[p.list_entries] if p.list_entries < len(told.weeks) else None


def contracted(p: w.Person, funder: str, as_of: dt.datetime) -> bool:
    day = as_of.astimezone(LONDON).date()
    if funder not in w.FUNDERS:
        return False
    _, pays_from, pays_until = w.FUNDERS[funder]
    if not pays_from <= day <= (pays_until or dt.date.max):
        return False
    return any(slug == funder and start <= day <= (end or dt.date.max) for slug, start, end in p.contracts)


# Times and rooms.


def stated_formats(stated: Stated) -> set[str]:
    if not stated.formats:
        return set(w.FORMATS)
    return {slug for wish in stated.formats for slug in wish.alternatives} & set(w.FORMATS)


def is_room_format(slug: str) -> bool:
    return w.FORMATS[slug][1]


def hours_in(p: w.Person, stated: Stated, as_of: dt.datetime, room: w.Room | None) -> set[int]:
    """The parts of the week (day * 3 + part) to be had by the stated formats in a room, or online for None."""
    formats = {slug for slug in p.formats & stated_formats(stated) if is_room_format(slug) == (room is not None)}
    if not formats:
        return set()
    mask = p.online_hours if room is None else room.hours
    general = {part for part in range(21) if mask >> part & 1}
    # Who joins a list does not wait for the place that is free for somebody on it.
    free = free_places(p, as_of) if has_place(p, as_of) else []
    if not any(place.day is not None or place.hour is not None or place.session_format or place.room for place in free):
        return general
    found: set[int] = set()
    for place in free:
        if place.session_format is not None and place.session_format not in formats:
            continue
        if place.room is not None and (room is None or room.id != place.room):
            continue
        parts = place_parts(place)
        found |= parts if place.day is not None and place.hour is not None else parts & general
    return found


def place_parts(place: w.Place) -> set[int]:
    part_of_day = None if place.hour is None else 0 if place.hour < 12 else 1 if place.hour < 17 else 2
    return {
        day * 3 + part
        for day in range(7)
        for part in range(3)
        if place.day in (None, day) and part_of_day in (None, part)
    }


def meets_time(hours: set[int], wish: Wish) -> bool:
    masks = [DAY_PART_MASKS.get(slug, 0) for slug in wish.alternatives]
    return any(mask >> part & 1 for mask in masks for part in hours)


def radius(stated: Stated) -> int | None:
    """Distance is for meeting in person only, and needs a point."""
    if stated.point is None or stated.miles is None or not any(map(is_room_format, stated_formats(stated))):
        return None
    return round(stated.miles * 1609.344)


def square(stated: Stated, room: w.Room) -> int:
    if stated.point is None:
        return 0
    return (room.easting - stated.point[0]) ** 2 + (room.northing - stated.point[1]) ** 2


def nearness(stated: Stated, room: w.Room) -> Fraction:
    limit = radius(stated)
    if limit is None or stated.point is None:
        return Fraction(1)
    slack = max(room.precision, stated.point[2])
    slack = slack if slack > 1_000 else 0
    if square(stated, room) <= (limit + slack) ** 2:
        return Fraction(1)
    return HALF if square(stated, room) <= (2 * limit + slack) ** 2 else Fraction(0)


def rooms_of(p: w.Person) -> list[w.Room]:
    return [room for room in p.rooms if room.active] if any(map(is_room_format, p.formats)) else []


def must(wishes: tuple[Wish, ...]) -> list[Wish]:
    return [wish for wish in wishes if wish.strength == 3]


def room_fails(p: w.Person, stated: Stated, as_of: dt.datetime, room: w.Room | None) -> set[str]:
    """The rules of how and where that meeting in this room (None: online) fails, musts on formats apart."""
    hours = hours_in(p, stated, as_of, room)
    fails = {f"must:time:{wish.value}" for wish in must(stated.times) if not meets_time(hours, wish)}
    if room is not None and stated.step_free and room.step_free is not True:
        fails.add("access")
    if room is not None and stated.distance_must and nearness(stated, room) < 1:
        fails.add("distance")
    return fails


def chosen_room(p: w.Person, stated: Stated, as_of: dt.datetime) -> w.Room | None:
    """One room: allowed by the hard rules, granting the wishes where one does, the nearest of those."""
    if not any(map(is_room_format, stated_formats(stated))):
        return None
    allowed = [room for room in rooms_of(p) if not room_fails(p, stated, as_of, room)]
    wished = [wish for wish in stated.times if wish.strength < 3]

    def grants(room: w.Room) -> bool:
        hours = hours_in(p, stated, as_of, room)
        in_time = not wished or any(meets_time(hours, wish) for wish in wished)
        return in_time and nearness(stated, room) == 1

    return min(allowed, key=lambda room: (not grants(room), square(stated, room), room.id), default=None)


# One item: m as a fraction, None when she has not said.


def m_modality(p: w.Person, wish: Wish) -> Fraction:
    if set(wish.alternatives) & p.modalities:
        return Fraction(1)
    families = {w.MODALITIES[slug][1] for slug in wish.alternatives if slug in w.MODALITIES} - {""}
    return HALF if families & {w.MODALITIES[slug][1] for slug in p.modalities} else Fraction(0)


def m_time(p: w.Person, stated: Stated, as_of: dt.datetime, wish: Wish) -> Fraction:
    hours = hours_in(p, stated, as_of, None)
    room = chosen_room(p, stated, as_of)
    if room is not None:
        hours = hours | hours_in(p, stated, as_of, room)
    return Fraction(meets_time(hours, wish))


def m_format(p: w.Person, stated: Stated, as_of: dt.datetime, wish: Wish) -> Fraction:
    offered = set(wish.alternatives) & p.formats
    if any(not is_room_format(slug) for slug in offered):
        return Fraction(1)
    room = chosen_room(p, stated, as_of)
    return nearness(stated, room) if offered and room is not None else Fraction(0)


def m_gender(p: w.Person, wish: Wish) -> Fraction | None:
    return Fraction(p.gender in wish.alternatives) if p.gender else None


def m_style(p: w.Person, scale: str, side: int) -> Fraction | None:
    if scale not in p.style:
        return None
    value = p.style[scale] * side
    return Fraction(1) if value > 0 else HALF if value == 0 else Fraction(0)


def m_identity(p: w.Person, wish: Wish) -> Fraction | None:
    if set(wish.alternatives) & p.tags:
        return Fraction(1)
    kinds = {w.TAGS[slug][1] for slug in wish.alternatives if slug in w.TAGS}
    spoken_of = kinds & {w.TAGS[slug][1] for slug in p.tags}
    return Fraction(0) if spoken_of or not kinds else None


def m_experience(p: w.Person, stated: Stated) -> Fraction:
    if stated.main_issue in p.issues:
        return Fraction(1)
    return HALF if set(stated.other_issues) & p.issues else Fraction(0)


Judged = tuple[str, str, int, Fraction | None]


def judged(p: w.Person, stated: Stated, as_of: dt.datetime) -> list[Judged]:
    """(domain, value, strength, m) of every stated item, in the order of explanations."""
    found: list[Judged] = []
    found += [("modality", x.value, x.strength, m_modality(p, x)) for x in stated.modalities]
    found += [("time", x.value, x.strength, m_time(p, stated, as_of, x)) for x in stated.times]
    found += [("format", x.value, x.strength, m_format(p, stated, as_of, x)) for x in stated.formats]
    found += [("gender", x.value, x.strength, m_gender(p, x)) for x in stated.genders]
    found += [
        ("language", x.value, x.strength, Fraction(bool(set(x.alternatives) & p.languages))) for x in stated.languages
    ]
    if stated.experience and stated.main_issue:
        found.append(("experience", stated.main_issue, stated.experience, m_experience(p, stated)))
    if stated.style_strength:
        found += [("style", scale, stated.style_strength, m_style(p, scale, side)) for scale, side in stated.style]
    found += [("identity", x.value, x.strength, m_identity(p, x)) for x in stated.identity]
    return found
