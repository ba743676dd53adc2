"""Matching, slow and obvious: one therapist at a time, in sets and fractions, written from the meaning.

Hypothesis compares the engine with this on random registers.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import floor
from zoneinfo import ZoneInfo

from clients.preferences import DAY_PART_MASKS, Stated, Wish
from tests.matching import world as w

LONDON = ZoneInfo("Europe/London")
HALF = Fraction(1, 2)
MEANT = ("modality", "time", "format", "gender", "language", "experience", "style", "identity")
UNRELAXABLE = {"full_list_closed", "excluded", "client_group"}


@dataclass(frozen=True)
class Row:
    id: int
    band: int
    room: int | None
    square: int | None
    states: dict[str, str]


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
    free = free_places(p, as_of)
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


# Hard rules.


def paid_for(p: w.Person, stated: Stated, as_of: dt.datetime) -> bool:
    if stated.funder:
        return contracted(p, stated.funder, as_of)
    ceiling = stated.fee_ceiling_pence
    return ceiling is None or (p.fee is not None and p.fee <= ceiling)


def profile_fails(p: w.Person, stated: Stated, as_of: dt.datetime) -> set[str]:
    fails = set()
    if not has_place(p, as_of):
        fails.add("full_list_closed")
    if p.id in stated.not_these_therapists:
        fails.add("excluded")
    for slug in stated.client_groups:
        if (slug not in w.GROUPS or w.GROUPS[slug][1]) and slug not in p.groups:
            fails.add("client_group")
    if not paid_for(p, stated, as_of):
        fails.add("funding")
    if not set(stated.access) <= p.access:
        fails.add("access")
    for domain, value, strength, m in judged(p, stated, as_of):
        if strength == 3 and domain not in ("time", "format") and m != 1:
            fails.add("language_need" if domain == "language" else f"must:{domain}:{value}")
    return fails


def way_rules(stated: Stated) -> bool:
    return bool(
        must(stated.times)
        or must(stated.formats)
        or stated.step_free
        or (stated.distance_must and radius(stated) is not None)
    )


def fails_of_ways(p: w.Person, stated: Stated, as_of: dt.datetime) -> list[set[str]]:
    """For each way to meet (online, a room, both where two formats are musts): the rules of how and where it fails."""
    if not way_rules(stated):
        return [set()]
    musts = must(stated.formats)

    def uncovered(kinds: set[bool]) -> set[str]:
        def covered(wish: Wish) -> bool:
            return any(is_room_format(slug) in kinds for slug in set(wish.alternatives) & p.formats)

        return {f"must:format:{wish.value}" for wish in musts if not covered(wish)}

    ways = []
    online = any(not is_room_format(slug) for slug in p.formats)
    if online:
        ways.append(room_fails(p, stated, as_of, None) | uncovered({False}))
    for room in rooms_of(p):
        there = room_fails(p, stated, as_of, room)
        ways.append(there | uncovered({True}))
        if online and len(musts) > 1:
            ways.append(there | room_fails(p, stated, as_of, None) | uncovered({True, False}))
    # Nothing is known of how and where she meets people, and unknown fails a must.
    nothing = {f"must:time:{x.value}" for x in must(stated.times)} | {f"must:format:{x.value}" for x in musts}
    nothing |= {"access"} if stated.step_free else set()
    nothing |= {"distance"} if stated.distance_must and radius(stated) is not None else set()
    return ways or [nothing]


def fits(p: w.Person, stated: Stated, as_of: dt.datetime, ignoring: frozenset[str] = frozenset()) -> bool:
    """Whether she passes every hard rule but those ignored. She is listed, or nobody asks."""
    if profile_fails(p, stated, as_of) - ignoring:
        return False
    return any(not fails - ignoring for fails in fails_of_ways(p, stated, as_of))


def fails(p: w.Person, stated: Stated, as_of: dt.datetime) -> set[str]:
    """Every rule she fails. Of how and where: what every way fails, and what some way fails alone."""
    ways = fails_of_ways(p, stated, as_of)
    if any(not failed for failed in ways):
        return profile_fails(p, stated, as_of)
    alone = {next(iter(failed)) for failed in ways if len(failed) == 1}
    return profile_fails(p, stated, as_of) | set.intersection(*ways) | alone


# Fit and order.


def band(p: w.Person, stated: Stated, weights: dict[str, int], as_of: dt.datetime) -> int:
    top = bottom = 0
    items = judged(p, stated, as_of)
    for domain in MEANT:
        mine = [(strength, HALF if m is None else m) for d, _, strength, m in items if d == domain and strength < 3]
        if not mine:
            continue
        strength = max(s for s, _ in mine)
        values = [m for _, m in mine]
        m = sum(values, Fraction(0)) / len(values) if domain in ("style", "identity") else max(values)
        top += weights[domain] * strength * floor(m * 1680)
        bottom += weights[domain] * strength
    return (20 * top) // (1680 * bottom) if bottom else 20


def splitmix64(x: int) -> int:
    full = 2**64 - 1
    x = (x + 0x9E3779B97F4A7C15) & full
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & full
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & full
    return x ^ (x >> 31)


def state(m: Fraction | None) -> str:
    return "not_stated" if m is None else "met" if m == 1 else "unmet" if m == 0 else "partly"


def rank(
    people: list[w.Person],
    stated: Stated,
    weights: dict[str, int],
    seed: int,
    as_of: dt.datetime,
    *,
    silent: tuple[int, ...] = (),
    order: str = "fit",
) -> list[Row]:
    rows = []
    for p in people:
        if p.id in silent or not listed(p, as_of) or not fits(p, stated, as_of):
            continue
        room = chosen_room(p, stated, as_of)
        where = square(stated, room) if room is not None and stated.point is not None else None
        states = {f"{domain}:{value}": state(m) for domain, value, _, m in judged(p, stated, as_of)}
        rows.append(Row(p.id, band(p, stated, weights, as_of), room.id if room else None, where, states))
    fee = {p.id: p.fee for p in people}

    def key(row: Row) -> tuple[float, int, int, int]:
        first: float = 0
        if order == "distance":
            first = float("inf") if row.square is None else row.square
        if order == "fee":
            first = float("inf") if fee[row.id] is None else float(fee[row.id] or 0)
        return first, -row.band, splitmix64(seed ^ row.id), row.id

    return sorted(rows, key=key)


def widen(
    people: list[w.Person], stated: Stated, as_of: dt.datetime, rules: list[str], *, silent: tuple[int, ...] = ()
) -> tuple[dict[str, int], dict[str, int], tuple[tuple[str, str], int] | None]:
    """(removed by rule, gain by own rule, best pair and its gain), by asking again for every rule and pair."""
    asked = [p for p in people if p.id not in silent and listed(p, as_of)]
    removed = {rule: sum(rule in fails(p, stated, as_of) for p in asked) for rule in rules}
    now = sum(fits(p, stated, as_of) for p in asked)
    own = [rule for rule in rules if rule not in UNRELAXABLE]

    def gain(*ignored: str) -> int:
        return sum(fits(p, stated, as_of, frozenset(ignored)) for p in asked) - now

    gains = {rule: gain(rule) for rule in own}
    best: tuple[tuple[str, str], int] | None = None
    for one, other in combinations(own, 2):
        both = gain(one, other)
        if both > max(gains[one], gains[other]) and (best is None or both > best[1]):
            best = ((one, other), both)
    return removed, gains, best
