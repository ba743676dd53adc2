"""One narrow table for everybody who is listed and has a place free, or room on her list: bit masks for sets, hours,
places and waits worked out.

The tuned queries, DuckDB and Polars all read it. They are given more than they would have: somebody would have to keep
it current with triggers, and whatever time changes but for two dates is settled for one moment here.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from clients.preferences import DAY_PART_MASKS, Stated, Wish
from core.clock import LONDON

TABLE = "bench_flat"
NOWHERE = -100_000_000
ALL_HOURS = 2**21 - 1
WAIT_UNKNOWN = 2**15 - 1
GENDERS = ("", "woman", "man", "non_binary", "self_described")
SETS = {
    "modality": ("therapists_therapistmodality", "therapists_modality", "modality_id", "true"),
    "issue": ("therapists_therapistissue", "therapists_issue", "issue_id", "true"),
    "language": ("therapists_therapistlanguage", "therapists_language", "language_id", "l.level = 'fluent'"),
    "identity": ("therapists_therapist_identity_tags", "therapists_identitytag", "identitytag_id", "true"),
    "formats": ("therapists_therapist_formats", "therapists_sessionformat", "sessionformat_id", "true"),
}
COLUMNS = (
    "id",
    "until",
    "formats",
    "modality",
    "family",
    "issue0",
    "issue1",
    "language",
    "identity",
    "kind",
    "e",
    "n",
    "slack",
    "room_hours",
    "online_hours",
    "fee",
    "gender",
    "directive",
    "warm",
    "step_free",
    "wait",
)


@dataclass(frozen=True)
class Bits:
    """What slugs mean as masks, and the bits of a modality's family and of an identity's kind."""

    of: dict[str, dict[str, int]]
    family: dict[str, int]
    kind: dict[str, int]
    in_person: int

    def any(self, name: str, wish: Wish) -> int:
        """Return the mask of a wish's alternatives in a set."""
        known = {"time": DAY_PART_MASKS, "family": self.family, "kind": self.kind, **self.of}[name]
        mask = 0
        for slug in wish.alternatives:
            mask |= known.get(slug, 0)
        return mask

    def formats(self, stated: Stated) -> int:
        """Return the mask of the stated formats. Everything that is asked for in a measurement states some."""
        mask = 0
        for wish in stated.formats:
            mask |= self.any("formats", wish)
        return mask


def bits() -> Bits:
    """Read what slugs mean, as an application would once."""
    from therapists.models import IdentityTag, Issue, Language, Modality, SessionFormat

    models = {"modality": Modality, "issue": Issue, "language": Language, "identity": IdentityTag}
    of = {name: _masks(model.objects.values_list("slug", "bit")) for name, model in models.items()}
    of["formats"] = _masks(SessionFormat.objects.values_list("slug", "bit"))
    kinds = [kind.value for kind in IdentityTag.Kind]
    return Bits(
        of=of,
        family=_masks(Modality.objects.values_list("slug", "family__bit")),
        kind={slug: 1 << kinds.index(kind) for slug, kind in IdentityTag.objects.values_list("slug", "kind")},
        in_person=sum(1 << bit for bit in SessionFormat.objects.filter(in_person=True).values_list("bit", flat=True)),
    )


def _masks(pairs: Any) -> dict[str, int]:
    return {slug: 1 << bit for slug, bit in pairs}


def prepare(cursor: Any, as_of: datetime.datetime) -> None:
    """Write the table from the normalised ones, neighbours on the map beside each other, and index it by place.

    Raises ValueError when a therapist has several rooms: one row each is part of how these queries are tuned.
    """
    cursor.execute("SELECT count(*) - count(DISTINCT therapist_id) FROM therapists_location WHERE active")
    if cursor.fetchone()[0]:
        raise ValueError("these queries know one room for each therapist")
    cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
    # Every row of every table is wanted: reading them one by one would take a minute.
    cursor.execute("SET enable_nestloop = off")
    cursor.execute(_create(as_of))
    cursor.execute("RESET enable_nestloop")
    not_null = ", ".join(f"ALTER {name} SET NOT NULL" for name in COLUMNS)
    cursor.execute(f"ALTER TABLE {TABLE} {not_null}")
    cursor.execute(f"SELECT count(*) FROM {TABLE} WHERE narrowed")
    if cursor.fetchone()[0]:
        raise ValueError("these queries know places for any format and any room")
    cursor.execute(f"CREATE INDEX ON {TABLE} USING gist (point(e, n))")
    cursor.execute(f"VACUUM (ANALYZE, FREEZE) {TABLE}")


def micros(moment: datetime.datetime) -> int:
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1)


def _create(as_of: datetime.datetime) -> str:
    from therapists.models import IdentityTag

    day, now = f"date '{as_of.astimezone(LONDON).date()}'", f"timestamptz '{as_of.isoformat()}'"
    kinds = f"array_position(ARRAY{[kind.value for kind in IdentityTag.Kind]}::text[], r.kind::text)"
    genders = f"array_position(ARRAY{list(GENDERS)}::text[], t.gender::text)"
    family = "(SELECT bit FROM therapists_family f WHERE f.id = r.family_id)"
    sets = [
        _set("modality", {"modality": "r.bit", "family": family}),
        _set("issue", {"issue0": "r.bit", "issue1": "r.bit - 64"}),
        _set("language", {"language": "r.bit"}),
        _set("identity", {"identity": "r.bit", "kind": f"{kinds} - 1"}),
        _set("formats", {"formats": "r.bit"}),
    ]
    return f"""
CREATE UNLOGGED TABLE {TABLE} WITH (fillfactor = 100) AS
WITH {", ".join(sets)},
{_standing_and_places(day, now)}
SELECT t.id::bigint,
    least((extract(epoch FROM t.confirmed_at + interval '14 days') * 1000000)::bigint + 1,
        (extract(epoch FROM s.until::timestamp AT TIME ZONE 'Europe/London') * 1000000)::bigint) AS until,
    coalesce(formats, 0) AS formats, coalesce(modality, 0) AS modality, coalesce(family, 0) AS family,
    coalesce(issue0, 0) AS issue0, coalesce(issue1, 0) AS issue1, coalesce(language, 0) AS language,
    coalesce(identity, 0) AS identity, coalesce(kind, 0) AS kind,
    coalesce(l.easting, {NOWHERE}) AS e, coalesce(l.northing, {NOWHERE}) AS n, coalesce(l.precision_m, 0) AS slack,
    CASE WHEN l.id IS NULL THEN 0 WHEN w.bound THEN exact_hours | (loose_hours & l.hours) ELSE l.hours END
        AS room_hours,
    CASE WHEN w.bound THEN exact_hours | (loose_hours & t.online_hours) ELSE t.online_hours END AS online_hours,
    coalesce(t.fee_pence, 0) AS fee, (coalesce({genders}, 1) - 1)::int2 AS gender,
    coalesce(t.style_directive, 127)::int2 AS directive, coalesce(t.style_warm, 127)::int2 AS warm,
    coalesce(l.step_free, false) AS step_free, coalesce(f.narrowed, false) AS narrowed, w.wait::int2 AS wait
FROM therapists_therapist t
JOIN stands s ON s.therapist_id = t.id
LEFT JOIN places f ON f.therapist_id = t.id
LEFT JOIN told ON told.therapist_id = t.id AND told.open_places = told.places
CROSS JOIN LATERAL (SELECT coalesce(f.places, 0) > t.offerable_entries AS now) n
CROSS JOIN LATERAL (
    SELECT n.now AND f.bound AS bound,
        CASE WHEN n.now THEN 0 ELSE coalesce(told.weeks[t.list_entries + 1], {WAIT_UNKNOWN}) END AS wait) w
LEFT JOIN therapists_location l ON l.therapist_id = t.id AND l.active
{" ".join(f"LEFT JOIN {name}_set ON {name}_set.therapist_id = t.id" for name in SETS)}
WHERE (n.now OR (NOT t.list_closed AND t.list_entries < t.list_limit))
    AND t.profile_verified_at IS NOT NULL AND NOT t.paused AND t.unanswered_in_a_row < 2
    AND NOT EXISTS (SELECT FROM bad WHERE bad.therapist_id = t.id)
    AND NOT (coalesce(t.monthly_limit = 0, false) OR (t.new_people_month = '{as_of.astimezone(LONDON):%Y-%m}'
        AND coalesce(t.new_people_count >= t.monthly_limit, false)))
    AND t.confirmed_at + interval '14 days' >= {now}
ORDER BY coalesce(l.easting, 0) / 20000, coalesce(l.northing, 0) / 20000, l.easting, t.id"""


def _standing_and_places(day: str, now: str) -> str:
    """Return who stands until when, who is kept out, and the hours of free places."""
    return f"""
stands AS (
    SELECT r.therapist_id, max(least(r.valid_until, g.accredited_until)) + 1 AS until
    FROM therapists_registration r JOIN therapists_register g ON g.id = r.register_id
    WHERE r.status IN ('active', 'active_with_sanction') AND r.valid_until >= {day} AND g.active
        AND g.accreditation = 'valid' AND coalesce(g.accredited_from <= {day}, true)
        AND coalesce(g.accredited_until >= {day}, true)
    GROUP BY 1),
bad AS (
    SELECT DISTINCT therapist_id FROM therapists_registration
    WHERE contradiction <> '' OR status IN ('suspended', 'removed')
        OR (status = 'active_with_sanction' AND sanction_reviewed_at IS NULL)),
told AS (
    SELECT f.therapist_id, f.median_weeks AS weeks, f.open_places, count(p.id) AS places
    FROM matching_waitforecast f LEFT JOIN therapists_place p ON p.therapist_id = f.therapist_id AND p.closed_at IS NULL
    WHERE f.computed_at >= {now} - interval '3 days' GROUP BY 1, 2, 3),
free AS (
    SELECT p.*, CASE WHEN p.time < '12:00' THEN 0 WHEN p.time < '17:00' THEN 1 ELSE 2 END AS part
    FROM therapists_place p LEFT JOIN therapists_placeclaim c ON c.place_id = p.id AND c.released_at IS NULL
    WHERE p.closed_at IS NULL AND p.available_from <= {day} AND (c.id IS NULL OR c.expires_at < {now})),
fixed AS (
    SELECT f.therapist_id, f.session_format_id, f.location_id, f.day IS NOT NULL AND f.time IS NOT NULL AS exact,
        CASE WHEN f.day IS NULL AND f.time IS NULL THEN {ALL_HOURS} WHEN f.time IS NULL THEN 7 << (f.day * 3)
            WHEN f.day IS NULL THEN {0o1111111} << f.part ELSE 1 << (f.day * 3 + f.part) END AS hours
    FROM free f),
places AS (
    SELECT f.therapist_id, count(*) AS places, bool_or(hours <> {ALL_HOURS}) AS bound,
        bool_or(f.session_format_id IS NOT NULL OR f.location_id IS NOT NULL) AS narrowed,
        coalesce(bit_or(hours) FILTER (WHERE exact), 0) AS exact_hours,
        coalesce(bit_or(hours) FILTER (WHERE NOT exact), 0) AS loose_hours
    FROM fixed f GROUP BY 1)"""


def _set(name: str, bits_of: dict[str, str]) -> str:
    link, reference, column, condition = SETS[name]
    masks = ", ".join(
        f"coalesce(bit_or(1::bigint << ({bit})::int) FILTER (WHERE {bit} BETWEEN 0 AND 63), 0) AS {out}"
        for out, bit in bits_of.items()
    )
    return f"""{name}_set AS (
    SELECT l.therapist_id, {masks}
    FROM {link} l JOIN {reference} r ON r.id = l.{column} WHERE {condition} GROUP BY 1)"""
