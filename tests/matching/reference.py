"""Matching, slow and obvious: one therapist at a time, written from the meaning.

Hypothesis compares the engine with this on random registers.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import floor

from clients.preferences import Stated, Wish
from tests.matching import world as w
from tests.matching.meaning import (
    HALF,
    accepts_waiting,
    chosen_room,
    contracted,
    has_place,
    is_room_format,
    judged,
    listed,
    must,
    radius,
    room_fails,
    rooms_of,
    square,
    wait,
)

MEANT = ("modality", "time", "format", "gender", "language", "experience", "style", "identity")
UNRELAXABLE = {"full_list_closed", "excluded", "client_group"}
# How many, and the shortest wait among them.
Gain = tuple[int, int | None]


@dataclass(frozen=True)
class Row:
    id: int
    band: int
    wait: int | None
    room: int | None
    square: int | None
    states: dict[str, str]


# Hard rules.


def paid_for(p: w.Person, stated: Stated, as_of: dt.datetime) -> bool:
    if stated.funder:
        return contracted(p, stated.funder, as_of)
    ceiling = stated.fee_ceiling_pence
    return ceiling is None or (p.fee is not None and p.fee <= ceiling)


def profile_fails(p: w.Person, stated: Stated, as_of: dt.datetime) -> set[str]:
    fails = set()
    if not has_place(p, as_of) and not accepts_waiting(p):
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
        fit, weeks = band(p, stated, weights, as_of), wait(p, as_of)
        rows.append(Row(p.id, fit, weeks, room.id if room else None, where, states))
    fee = {p.id: p.fee for p in people}

    def key(row: Row) -> tuple[float, int, float, int, int]:
        first: float = 0
        weeks = float("inf") if row.wait is None else row.wait
        if order == "wait":
            first = weeks
        if order == "distance":
            first = float("inf") if row.square is None else row.square
        if order == "fee":
            first = float("inf") if fee[row.id] is None else float(fee[row.id] or 0)
        return first, -row.band, weeks, splitmix64(seed ^ row.id), row.id

    return sorted(rows, key=key)


def soonest(people: list[w.Person], as_of: dt.datetime) -> int | None:
    return min((weeks for p in people if (weeks := wait(p, as_of)) is not None), default=None)


def widen(
    people: list[w.Person], stated: Stated, as_of: dt.datetime, rules: list[str], *, silent: tuple[int, ...] = ()
) -> tuple[dict[str, int], dict[str, Gain], tuple[tuple[str, str], Gain] | None]:
    """(removed by rule, gain by own rule, best pair and its gain), by asking again for every rule and pair."""
    asked = [p for p in people if p.id not in silent and listed(p, as_of)]
    removed = {rule: sum(rule in fails(p, stated, as_of) for p in asked) for rule in rules}
    now = {p.id for p in asked if fits(p, stated, as_of)}
    own = [rule for rule in rules if rule not in UNRELAXABLE]

    def gain(*ignored: str) -> Gain:
        come = [p for p in asked if p.id not in now and fits(p, stated, as_of, frozenset(ignored))]
        return len(come), soonest(come, as_of)

    gains = {rule: gain(rule) for rule in own}
    best: tuple[tuple[str, str], Gain] | None = None
    for one, other in combinations(own, 2):
        both = gain(one, other)
        if both[0] > max(gains[one][0], gains[other][0]) and (best is None or both[0] > best[1][0]):
            best = ((one, other), both)
    return removed, gains, best
