"""PostgreSQL as well as we could make it: one narrow table of bit masks, in order of place, one query.

It is given more than it would have: the hours that can be had, and free places, are worked out before. It breaks
ties by PostgreSQL's own seeded hash, because splitmix64 costs far more in SQL than all the rest.
"""

import datetime
from typing import Any

import numpy as np

from clients.preferences import Stated
from matching.engine.columns import ALL_BITS, microseconds
from matching.engine.plan import MEANS, Item, Plan, plan_of
from matching.engine.rank import Lens
from matching.weights import EVIDENCE

TABLE = """
DROP TABLE IF EXISTS bench_register;
CREATE TABLE bench_register (
    id bigint, confirmed_until bigint, stands_from bigint, stands_until bigint, free int,
    e int, n int, slack int, step_free boolean, room_hours int, online_hours int, formats bigint,
    modality bigint, family bigint, issue0 bigint, issue1 bigint, language bigint, identity bigint, kind bigint,
    gender int, directive int, warm int, fee int) WITH (fillfactor = 100);
"""
WORDS = {"modality": ("modality",), "issue": ("issue0", "issue1"), "language": ("language",), "identity": ("identity",)}


def prepare(cursor: Any, lens: Lens, as_of: datetime.datetime) -> None:
    """Write the table for everybody settled, from the columns. Needs a register of one room at most per therapist."""
    register, view = lens.register, lens.at(microseconds(as_of))
    therapists, rooms = register.therapists, register.locations
    if len(register.slots) > 1 or len(register.windows.row):
        raise ValueError("this query knows one room and one window of standing per therapist")
    room = register.slots[0]
    room_hours, online_hours = view.hours(
        lens.register.book.mask("format", "in-person") | lens.register.book.mask("format", "video")
    )
    cursor.execute(TABLE)
    sets = [therapists.sets[name][word].view(np.int64).tolist() for name, word in _COLUMNS]
    rows = []
    for n in np.flatnonzero(therapists.settled).tolist():
        r = int(room[n])
        here = (
            (int(rooms.easting[r]), int(rooms.northing[r]), max(int(rooms.precision[r]), 0)) if r >= 0 else (None,) * 3
        )
        masks = [column[n] for column in sets]
        rows.append(
            (
                int(therapists.ids[n]),
                int(therapists.confirmed_until[n]),
                int(therapists.stands_from[n]),
                int(therapists.stands_until[n]),
                int(view.free[n]),
                *here,
                bool(rooms.step_free[r] == 1) if r >= 0 else False,
                int(room_hours[r]) if r >= 0 else 0,
                int(online_hours[n]),
                *masks,
                int(therapists.gender[n]),
                int(therapists.style[0][n]),
                int(therapists.style[3][n]),
                int(therapists.fee[n]),
            )
        )
    _insert(cursor, rows)
    cursor.execute("CREATE INDEX ON bench_register (e, n) WHERE e IS NOT NULL")
    cursor.execute("VACUUM (ANALYZE, FREEZE) bench_register")


_COLUMNS = (
    ("format", 0),
    ("modality", 0),
    ("family", 0),
    ("issue", 0),
    ("issue", 1),
    ("language", 0),
    ("identity", 0),
    ("kind", 0),
)


def _insert(cursor: Any, rows: list[tuple[Any, ...]]) -> None:
    from psycopg2.extras import execute_values

    # Neighbours on the map are neighbours on disk.
    rows.sort(key=lambda row: ((row[5] or 0) // 20_000, (row[6] or 0) // 20_000))
    execute_values(cursor, "INSERT INTO bench_register VALUES %s", rows, page_size=2_000)


def ask(
    cursor: Any, stated: Stated, lens: Lens, seed: int, as_of: datetime.datetime
) -> tuple[int, list[tuple[int, int]]]:
    """Return how many fit, and (id, band) of the first twenty."""
    cursor.execute(compile_query(plan_of(stated, lens.register.book), seed, microseconds(as_of)))
    rows = cursor.fetchall()
    return (rows[0][2] if rows else 0), [(row[0], row[1]) for row in rows]


def compile_query(plan: Plan, seed: int, at: int) -> str:
    """Return SQL with only the terms that were stated. All values are numbers."""
    where = ["free > 0", f"confirmed_until > {at}", f"stands_from <= {at}", f"stands_until > {at}"]
    if plan.stated.fee_ceiling_pence is not None:
        where.append(f"fee BETWEEN 0 AND {plan.stated.fee_ceiling_pence}")
    for item in plan.musts:
        if item.domain not in ("time", "format"):
            where.append(f"({_halves(item, plan)}) = 2")
    near, hard = _near(plan), ["e IS NOT NULL", f"formats & {plan.book.in_person} <> 0"]
    if plan.stated.step_free:
        hard.append("step_free")
    if plan.distance_must:
        hard.append(f"{near} = 2")
        where.append(_box(plan)) if _only_rooms(plan) else None
    hard += [f"({_room_hours(plan)}) & {item.mask} <> 0" for item in plan.musts_of("time")]
    online = [f"formats & {~plan.book.in_person} <> 0"]
    online += [f"({_online_hours(plan)}) & {item.mask} <> 0" for item in plan.musts_of("time")]
    way = [_way(item, plan) for item in plan.musts_of("format")]
    if plan.way_rules:
        where += way or ["(room_ok OR online_ok)"]
    return f"""
        SELECT id, band, count(*) OVER () FROM (
            SELECT id, {_band(plan)} AS band FROM (
                SELECT *, ({" AND ".join(hard)}) AS room_ok, ({" AND ".join(online)}) AS online_ok, {near} AS near
                FROM bench_register) c
            WHERE {" AND ".join(where)}) b
        ORDER BY band DESC, hashint8extended(id, {seed}) LIMIT 20"""


def _room_hours(plan: Plan) -> str:
    return f"CASE WHEN formats & {plan.formats & plan.book.in_person} <> 0 THEN room_hours ELSE 0 END"


def _online_hours(plan: Plan) -> str:
    remote = plan.formats & ~plan.book.in_person & (2**62 - 1)
    return f"CASE WHEN formats & {remote} <> 0 THEN online_hours ELSE 0 END"


def _only_rooms(plan: Plan) -> bool:
    return any(not item.mask & ~plan.book.in_person for item in plan.musts_of("format"))


def _reach(plan: Plan) -> str:
    own = plan.stated.point[2] if plan.stated.point else 0
    return f"CASE WHEN greatest(slack, {own}) > 1000 THEN greatest(slack, {own}) ELSE 0 END"


def _near(plan: Plan) -> str:
    if plan.radius is None or plan.stated.point is None:
        return "2"
    e, n, _ = plan.stated.point
    square = f"((e - {e})::bigint * (e - {e}) + (n - {n})::bigint * (n - {n}))"
    once, twice = (f"({radius} + {_reach(plan)})::bigint" for radius in (plan.radius, 2 * plan.radius))
    return f"(CASE WHEN {square} <= {once} * {once} THEN 2 WHEN {square} <= {twice} * {twice} THEN 1 ELSE 0 END)"


def _box(plan: Plan) -> str:
    """A box for the index: the radius with the coarsest slack there is."""
    if plan.stated.point is None or plan.radius is None:
        return "true"
    e, n, own = plan.stated.point
    far = plan.radius + max(own, 60_000 if own > 1_000 else 0)
    return f"e BETWEEN {e - far} AND {e + far} AND n BETWEEN {n - far} AND {n + far}"


def _way(item: Item, plan: Plan) -> str:
    remote, there = item.mask & ~plan.book.in_person, item.mask & plan.book.in_person
    return f"((formats & {remote} <> 0 AND online_ok) OR (formats & {there} <> 0 AND room_ok))"


def _halves(item: Item, plan: Plan) -> str:  # noqa: PLR0911 - one line per domain
    """Return SQL for twice m of one item."""
    match item.domain:
        case "modality":
            return f"CASE WHEN modality & {item.mask} <> 0 THEN 2 WHEN family & {item.half} <> 0 THEN 1 ELSE 0 END"
        case "time":
            hours = f"(CASE WHEN room_ok THEN {_room_hours(plan)} ELSE 0 END) | ({_online_hours(plan)})"
            return f"CASE WHEN ({hours}) & {item.mask} <> 0 THEN 2 ELSE 0 END"
        case "format":
            remote, there = item.mask & ~plan.book.in_person, item.mask & plan.book.in_person
            room = f"CASE WHEN room_ok AND formats & {there} <> 0 THEN near ELSE 0 END"
            return f"CASE WHEN formats & {remote} <> 0 THEN 2 ELSE {room} END"
        case "gender":
            return f"CASE WHEN gender = 0 THEN 1 WHEN {item.mask} >> gender & 1 = 1 THEN 2 ELSE 0 END"
        case "language":
            return f"CASE WHEN language & {item.mask} <> 0 THEN 2 ELSE 0 END"
        case "experience":
            main = _any("issue", item.mask)
            return f"CASE WHEN {main} THEN 2 WHEN {_any('issue', item.half)} THEN 1 ELSE 0 END"
        case "style":
            side = item.side
            return f"CASE {item.value} WHEN 127 THEN 1 ELSE sign({item.value} * {side})::int + 1 END"
        case _:
            has = f"identity & {item.mask} <> 0"
            return f"CASE WHEN {has} THEN 2 WHEN kind & {item.kind} <> 0 THEN 0 ELSE 1 END"


def _any(name: str, mask: int) -> str:
    words = np.array([mask >> 64 * n & ALL_BITS for n in range(len(WORDS[name]))], np.uint64).view(np.int64)
    parts = [f"{column} & ({word}) <> 0" for column, word in zip(WORDS[name], words.tolist(), strict=True)]
    return "(" + " OR ".join(parts) + ")"


def _band(plan: Plan) -> str:
    terms, total = [], 0
    for domain, items in plan.wishes.items():
        weight = EVIDENCE[domain] * max(item.strength for item in items)
        total += weight
        halves = [f"({_halves(item, plan)})" for item in items]
        if domain in MEANS:
            terms.append(f"{weight} * (({' + '.join(halves)}) * 1680 / {2 * len(items)})::bigint")
        else:
            terms.append(f"{weight} * (greatest({', '.join(halves)}) * 840)::bigint")
    return f"(20 * ({' + '.join(terms)}) / {1680 * total})" if total else "20"
