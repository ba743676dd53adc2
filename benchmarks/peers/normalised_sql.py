"""PostgreSQL as one writes it first: the tables as they are, with their indexes, EXISTS for whatever is wanted.

Planned anew for each statement, so that the planner sees its values. Ties by PostgreSQL's seeded hash.
"""

import datetime
from typing import Any

from benchmarks.peers.flat import ALL_HOURS, GENDERS, WAIT_UNKNOWN
from benchmarks.peers.terms import COARSEST
from clients.preferences import DAY_PART_MASKS, Stated, Wish
from core.clock import LONDON
from matching.weights import EVIDENCE

LINKS = {
    "modality": ("therapists_therapistmodality", "therapists_modality", "modality_id"),
    "issue": ("therapists_therapistissue", "therapists_issue", "issue_id"),
    "language": ("therapists_therapistlanguage", "therapists_language", "language_id"),
    "identity": ("therapists_therapist_identity_tags", "therapists_identitytag", "identitytag_id"),
    "formats": ("therapists_therapist_formats", "therapists_sessionformat", "sessionformat_id"),
}


def prepare(cursor: Any) -> None:
    """Index what the application does not: where rooms are. Everything lies in memory, so indexes cost little."""
    cursor.execute("SET random_page_cost = 1.1")
    cursor.execute("CREATE INDEX IF NOT EXISTS bench_room_place ON therapists_location (easting, northing)")
    cursor.execute("ANALYZE")


def ask(cursor: Any, stated: Stated, seed: int, as_of: datetime.datetime) -> tuple[int, list[tuple[int, int, int]]]:
    """Return how many fit, and (id, band, wait) of the first twenty."""
    cursor.execute(query(stated, seed, as_of))
    rows = cursor.fetchall()
    return (rows[0][3] if rows else 0), [row[:3] for row in rows]


def query(stated: Stated, seed: int, as_of: datetime.datetime) -> str:
    rules = [*_standing(as_of), *_profile(stated), *_box(stated), *_ways(stated)]
    day, now = f"date '{as_of.astimezone(LONDON).date()}'", f"timestamptz '{as_of.isoformat()}'"
    return f"""
SELECT id, band, wait, count(*) OVER () FROM (
    SELECT t.id, {_band(stated)} AS band, CASE WHEN p.free > t.offerable_entries THEN 0
        ELSE coalesce((SELECT f.median_weeks[t.list_entries + 1] FROM matching_waitforecast f
            WHERE f.therapist_id = t.id AND f.computed_at >= {now} - interval '3 days' AND f.open_places = (
                SELECT count(*) FROM therapists_place o WHERE o.therapist_id = t.id AND o.closed_at IS NULL)),
            {WAIT_UNKNOWN}) END AS wait
    FROM therapists_therapist t
    LEFT JOIN therapists_location l ON l.therapist_id = t.id AND l.active
    CROSS JOIN LATERAL (
        SELECT count(*) AS free, bool_or(p.day IS NOT NULL OR p.time IS NOT NULL) AS bound,
            coalesce(bit_or(1 << (p.day * 3 + part)) FILTER (WHERE p.day IS NOT NULL AND p.time IS NOT NULL), 0)
                AS exact,
            coalesce(bit_or(CASE WHEN p.day IS NOT NULL THEN 7 << (p.day * 3)
                WHEN p.time IS NOT NULL THEN {0o1111111} << part ELSE {ALL_HOURS} END)
                FILTER (WHERE p.day IS NULL OR p.time IS NULL), 0) AS loose
        FROM therapists_place p
        CROSS JOIN LATERAL (
            SELECT CASE WHEN p.time < '12:00' THEN 0 WHEN p.time < '17:00' THEN 1 ELSE 2 END AS part) q
        WHERE p.therapist_id = t.id AND p.closed_at IS NULL AND p.available_from <= {day}
            AND NOT EXISTS (SELECT FROM therapists_placeclaim c WHERE c.place_id = p.id AND c.released_at IS NULL
                AND (c.kind = 'occupied' OR c.expires_at >= {now}))) p
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.bound AND p.free > t.offerable_entries THEN p.exact | (p.loose & l.hours)
                ELSE l.hours END AS room_hours,
            CASE WHEN p.bound AND p.free > t.offerable_entries THEN p.exact | (p.loose & t.online_hours)
                ELSE t.online_hours END AS online_hours) h
    CROSS JOIN LATERAL (SELECT {_room_ok(stated)} AS room_ok, {_online_ok(stated)} AS online_ok) w
    WHERE {" AND ".join(rules)}) found
ORDER BY band DESC, wait, hashint8extended(id, {seed}) LIMIT 20"""


def _standing(as_of: datetime.datetime) -> list[str]:
    day, now = f"date '{as_of.astimezone(LONDON).date()}'", f"timestamptz '{as_of.isoformat()}'"
    month = f"{as_of.astimezone(LONDON):%Y-%m}"
    return [
        "t.profile_verified_at IS NOT NULL AND NOT t.paused AND t.unanswered_in_a_row < 2",
        f"t.confirmed_at >= {now} - interval '14 days'",
        f"""coalesce(t.monthly_limit
            > CASE WHEN t.new_people_month = '{month}' THEN t.new_people_count ELSE 0 END, true)""",
        "(p.free > t.offerable_entries OR (NOT t.list_closed AND t.list_entries < t.list_limit))",
        """NOT EXISTS (SELECT FROM therapists_registration r WHERE r.therapist_id = t.id AND (
            r.contradiction <> '' OR r.status IN ('suspended', 'removed')
            OR (r.status = 'active_with_sanction' AND r.sanction_reviewed_at IS NULL)))""",
        f"""EXISTS (SELECT FROM therapists_registration r JOIN therapists_register g ON g.id = r.register_id
            WHERE r.therapist_id = t.id AND r.status IN ('active', 'active_with_sanction') AND r.valid_until >= {day}
                AND g.active AND g.accreditation = 'valid' AND coalesce(g.accredited_from <= {day}, true)
                AND coalesce(g.accredited_until >= {day}, true))""",
    ]


def _profile(stated: Stated) -> list[str]:
    found = []
    if stated.fee_ceiling_pence is not None:
        found.append(f"t.fee_pence <= {stated.fee_ceiling_pence}")
    found += [_genders([w]) for w in stated.genders if w.strength == 3]
    found += [_has("modality", w.alternatives) for w in stated.modalities if w.strength == 3]
    return found


def _ways(stated: Stated) -> list[str]:
    musts = [w for w in stated.formats if w.strength == 3]
    if musts:
        return [
            f"(({_offers(w.alternatives, True)} AND w.room_ok) OR ({_offers(w.alternatives, False)} AND w.online_ok))"
            for w in musts
        ]
    if any(w.strength == 3 for w in stated.times) or stated.step_free or _distance_must(stated):
        return ["(w.room_ok OR w.online_ok)"]
    return []


def _box(stated: Stated) -> list[str]:
    """Return a box for the index, where nobody fits but by a room within the distance."""
    musts = [w for w in stated.formats if w.strength == 3]
    if not (_distance_must(stated) and stated.point and stated.miles is not None):
        return []
    if not any(w.alternatives == ("in-person",) for w in musts):
        return []
    e, n, own = stated.point
    far = round(stated.miles * 1609.344) + max(own, COARSEST)
    return [f"l.easting BETWEEN {e - far} AND {e + far} AND l.northing BETWEEN {n - far} AND {n + far}"]


def _formats(stated: Stated) -> tuple[str, ...]:
    return tuple(slug for w in stated.formats for slug in w.alternatives)


def _distance_must(stated: Stated) -> bool:
    return stated.distance_must and _distance(stated)


def _distance(stated: Stated) -> bool:
    return stated.point is not None and stated.miles is not None and "in-person" in _formats(stated)


def _room_ok(stated: Stated) -> str:
    found = ["l.id IS NOT NULL", _offers((), True)]
    if stated.step_free:
        found.append("coalesce(l.step_free, false)")
    if _distance_must(stated):
        found.append(_within(stated, 1))
    found += [_hours("h.room_hours", stated, w, True) for w in stated.times if w.strength == 3]
    return " AND ".join(found)


def _online_ok(stated: Stated) -> str:
    found = [_offers((), False)]
    found += [_hours("h.online_hours", stated, w, False) for w in stated.times if w.strength == 3]
    return " AND ".join(found)


def _hours(column: str, stated: Stated, wish: Wish, in_person: bool) -> str:
    mask = 0
    for slug in wish.alternatives:
        mask |= DAY_PART_MASKS.get(slug, 0)
    return f"({_offers(_formats(stated), in_person)} AND {column} & {mask} <> 0)"


def _within(stated: Stated, times: int) -> str:
    assert stated.point and stated.miles is not None
    e, n, own = stated.point
    reach = f"""({times * round(stated.miles * 1609.344)}
        + CASE WHEN greatest(l.precision_m, {own}) > 1000 THEN greatest(l.precision_m, {own}) ELSE 0 END)::bigint"""
    return f"(l.easting - {e})::bigint ^ 2 + (l.northing - {n})::bigint ^ 2 <= {reach} ^ 2"


def _quoted(slugs: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{slug}'" for slug in slugs) + ")"


def _has(name: str, slugs: tuple[str, ...], more: str = "") -> str:
    """Return whether she has one of the slugs of a set (any at all for none), in words of the tables themselves."""
    link, reference, column = LINKS[name]
    wanted = f" AND r.slug IN {_quoted(slugs)}" if slugs else ""
    return f"""EXISTS (SELECT FROM {link} k JOIN {reference} r ON r.id = k.{column}
        WHERE k.therapist_id = t.id{wanted}{more})"""


def _offers(slugs: tuple[str, ...], in_person: bool) -> str:
    return _has("formats", slugs, f" AND {'' if in_person else 'NOT '}r.in_person")


def _genders(wishes: list[Wish]) -> str:
    return f"t.gender IN {_quoted(tuple(slug for w in wishes for slug in w.alternatives if slug in GENDERS))}"


def _graded(whole: str, half: str = "false") -> str:
    return f"CASE WHEN {whole} THEN 2 WHEN {half} THEN 1 ELSE 0 END"


def _band(stated: Stated) -> str:
    terms, total = [], 0
    for weight, items, halves in _shares(stated):
        total += weight
        terms.append(f"{weight} * (({halves}) * 1680 / {2 * items})")
    return f"20 * ({' + '.join(terms)}) / {1680 * total}" if total else "20"


def _shares(stated: Stated) -> list[tuple[int, int, str]]:
    """Return by domain (weight, how many items, twice m)."""
    found = []

    def best(name: str, wishes: tuple[Wish, ...], halves: Any) -> None:
        left = [w for w in wishes if w.strength < 3]
        if left:
            slugs = tuple(slug for w in left for slug in w.alternatives)
            found.append((EVIDENCE[name] * max(w.strength for w in left), 1, halves(left, slugs)))

    best("modality", stated.modalities, lambda _, slugs: _graded(_has("modality", slugs), _same_family(slugs)))
    best("time", stated.times, lambda left, _: _graded(" OR ".join(_in_time(stated, w) for w in left)))
    best("format", stated.formats, lambda _, slugs: _way(stated, slugs))
    best("gender", stated.genders, lambda left, _: _graded(_genders(left), "t.gender = ''"))
    best("language", stated.languages, lambda _, slugs: _graded(_has("language", slugs, " AND k.level = 'fluent'")))
    if stated.experience:
        other = _has("issue", stated.other_issues) if stated.other_issues else "false"
        halves = _graded(_has("issue", (stated.main_issue,)), other)
        found.append((EVIDENCE["experience"] * stated.experience, 1, halves))
    if stated.style:
        sides = " + ".join(f"coalesce(sign(t.style_{s} * {side})::int + 1, 1)" for s, side in stated.style)
        found.append((EVIDENCE["style"] * stated.style_strength, len(stated.style), sides))
    if stated.identity:
        items = " + ".join(f"({_identity(w)})" for w in stated.identity)
        strength = max(w.strength for w in stated.identity)
        found.append((EVIDENCE["identity"] * strength, len(stated.identity), items))
    return found


def _in_time(stated: Stated, wish: Wish) -> str:
    room = _hours("h.room_hours", stated, wish, True)
    return f"(w.room_ok AND {room}) OR {_hours('h.online_hours', stated, wish, False)}"


def _way(stated: Stated, slugs: tuple[str, ...]) -> str:
    remote, room = _offers(slugs, False), f"w.room_ok AND {_offers(slugs, True)}"
    if not _distance(stated):
        return _graded(f"{remote} OR ({room})")
    return _graded(f"{remote} OR ({room} AND {_within(stated, 1)})", f"{room} AND {_within(stated, 2)}")


def _same_family(slugs: tuple[str, ...]) -> str:
    return f"""EXISTS (SELECT FROM therapists_therapistmodality k JOIN therapists_modality r ON r.id = k.modality_id
        WHERE k.therapist_id = t.id AND r.family_id IN (
            SELECT family_id FROM therapists_modality WHERE slug IN {_quoted(slugs)}))"""


def _identity(wish: Wish) -> str:
    kinds = f" AND r.kind IN (SELECT kind FROM therapists_identitytag WHERE slug IN {_quoted(wish.alternatives)})"
    mine, spoken = _has("identity", wish.alternatives), _has("identity", (), kinds)
    return f"CASE WHEN {mine} THEN 2 WHEN {spoken} THEN 0 ELSE 1 END"
