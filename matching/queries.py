"""The questions whose answers are the register's columns. Whole numbers only, never null, in order of therapist.

Dates become the microsecond at which their London day begins. `{only}` stands for the condition on therapists. The same
texts read everybody in one statement and, inside a database function, the few who changed: see `matching.functions`.
"""

# ruff: noqa: S608 - nothing but constants of the code is put into these texts

from dataclasses import dataclass

from matching.engine import columns as c
from matching.forecast.wait import STALE_AFTER
from therapists.models import IdentityTag
from therapists.selectors.standing import CONFIRMATION_LASTS, UNANSWERED_LIMIT

_CONFIRMED = int(CONFIRMATION_LASTS.total_seconds()) * 1_000_000
_TOLD = int(STALE_AFTER.total_seconds()) * 1_000_000


@dataclass(frozen=True)
class Part:
    """One part of the register: what each row says, therapist first, and where the rows come from."""

    columns: tuple[str, ...]
    rows: str
    therapist: str = "t.therapist_id"

    @property
    def width(self) -> int:
        return len(self.columns)

    def sql(self, only: str) -> str:
        """Return a query for one value: all rows as a matrix, null when there are none. `only`: {id} is hers."""
        condition = only.replace("{id}", self.therapist)
        rows = self.rows.replace("{only}", condition)
        return f"SELECT array_agg(line) FROM (SELECT ARRAY[{', '.join(self.columns)}]::bigint[] AS line {rows}) lines"


def day(expression: str) -> str:
    """Return SQL for the microsecond at which a London day begins."""
    return f"(extract(epoch FROM ({expression})::timestamp AT TIME ZONE 'Europe/London') * 1000000)::bigint"


def moment(expression: str) -> str:
    return f"(extract(epoch FROM {expression}) * 1000000)::bigint"


_THERAPISTS = Part(
    (
        "t.id",
        f"""(t.profile_verified_at IS NOT NULL AND NOT t.paused AND t.unanswered_in_a_row < {UNANSWERED_LIMIT}
            AND NOT EXISTS (
                SELECT FROM therapists_registration r WHERE r.therapist_id = t.id AND (
                    r.contradiction <> '' OR r.status IN ('suspended', 'removed')
                    OR (r.status = 'active_with_sanction' AND r.sanction_reviewed_at IS NULL))))::int""",
        f"coalesce({moment('t.confirmed_at')} + {_CONFIRMED} + 1, {c.NEVER})",
        f"""CASE WHEN t.monthly_limit = 0 THEN {c.NEVER} WHEN m.full_month THEN {day("m.first_day")}
            ELSE {c.NEVER} END""",
        f"""CASE WHEN t.monthly_limit = 0 THEN {c.ALWAYS}
            WHEN m.full_month THEN {day("m.first_day + interval '1 month'")} ELSE {c.NEVER} END""",
        "t.offerable_entries",
        f"coalesce(array_position(ARRAY{list(c.GENDERS)!r}::text[], t.gender::text) - 1, 0)",
        *(f"coalesce(t.style_{scale}, {c.STYLE_UNKNOWN})" for scale in c.SCALES),
        f"coalesce(t.fee_pence, {c.FEE_UNKNOWN})",
        "t.online_hours",
        "(NOT t.list_closed AND t.list_entries < t.list_limit)::int",
        # As many are ahead of whoever joins as are on her list. Beyond the end of the forecast's list is null.
        f"coalesce(w.median_weeks[t.list_entries + 1], {c.WAIT_UNKNOWN})",
        f"""CASE WHEN w.median_weeks[t.list_entries + 1] IS NULL THEN {c.NEVER}
            ELSE {moment("w.computed_at")} + {_TOLD} + 1 END""",
    ),
    """FROM therapists_therapist t
    CROSS JOIN LATERAL (
        SELECT (coalesce(t.new_people_count >= t.monthly_limit, false)
                AND t.new_people_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$') AS full_month,
            CASE WHEN t.new_people_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'
                 THEN to_date(t.new_people_month || '-01', 'YYYY-MM-DD') END AS first_day) m
    LEFT JOIN matching_waitforecast w ON w.therapist_id = t.id AND w.open_places = (
        SELECT count(*) FROM therapists_place p WHERE p.therapist_id = t.id AND p.closed_at IS NULL)
    WHERE {only} ORDER BY t.id""",
    therapist="t.id",
)

_WINDOWS = Part(
    ("therapist_id", "lower(w)", "upper(w)"),
    f"""FROM (
        SELECT t.therapist_id, range_agg(int8range(
            coalesce({day("r.accredited_from")}, 0),
            least({day("t.valid_until + 1")}, coalesce({day("r.accredited_until + 1")}, {c.ALWAYS})))) AS stands
        FROM therapists_registration t JOIN therapists_register r ON r.id = t.register_id
        WHERE t.therapist_id IS NOT NULL AND t.status IN ('active', 'active_with_sanction')
            AND t.valid_until IS NOT NULL AND r.active AND r.accreditation = 'valid'
            AND coalesce(r.accredited_from <= least(t.valid_until, r.accredited_until), true)
            AND {{only}}
        GROUP BY t.therapist_id) x
    CROSS JOIN LATERAL unnest(x.stands) w
    ORDER BY therapist_id, lower(w)""",
)

_LOCATIONS = Part(
    ("t.therapist_id", "t.id", "t.easting", "t.northing", "t.precision_m", "coalesce(t.step_free::int, -1)", "t.hours"),
    "FROM therapists_location t WHERE t.active AND {only} ORDER BY t.therapist_id, t.id",
)

# 0o1111111 has one bit per day: the same part of every day.
_PLACES = Part(
    (
        "t.therapist_id",
        f"greatest({day('t.available_from')}, coalesce({moment('h.expires_at')} + 1, 0))",
        f"""CASE WHEN t.day IS NULL AND t.time IS NULL THEN {c.ALL_HOURS}
            WHEN t.time IS NULL THEN 7::bigint << (t.day * 3)
            WHEN t.day IS NULL THEN {0o1111111}::bigint << p.part
            ELSE 1::bigint << (t.day * 3 + p.part) END""",
        "(t.day IS NOT NULL AND t.time IS NOT NULL)::int",
        "coalesce(1::bigint << f.bit::int, -1)",
        "coalesce(t.location_id, 0)",
    ),
    """FROM therapists_place t
    CROSS JOIN LATERAL (SELECT CASE WHEN t.time < '12:00' THEN 0 WHEN t.time < '17:00' THEN 1 ELSE 2 END AS part) p
    LEFT JOIN therapists_sessionformat f ON f.id = t.session_format_id
    LEFT JOIN therapists_placeclaim h ON h.place_id = t.id AND h.released_at IS NULL
    WHERE t.closed_at IS NULL AND t.available_from IS NOT NULL AND h.kind IS DISTINCT FROM 'occupied' AND {only}
    ORDER BY t.therapist_id, t.id""",
)

_CONTRACTS = Part(
    (
        "t.therapist_id",
        "f.bit",
        day("greatest(t.starts_on, f.starts_on)"),
        f"coalesce({day('least(t.ends_on, f.ends_on) + 1')}, {c.ALWAYS})",
    ),
    """FROM therapists_contract t JOIN therapists_funder f ON f.id = t.funder_id
    WHERE {only} ORDER BY t.therapist_id, f.bit""",
)

# Link tables as (set, link table, reference table, column of the link, further condition).
LINKS = (
    ("modality", "therapists_therapistmodality", "therapists_modality", "modality_id", ""),
    ("issue", "therapists_therapistissue", "therapists_issue", "issue_id", ""),
    ("language", "therapists_therapistlanguage", "therapists_language", "language_id", "t.level = 'fluent'"),
    ("group", "therapists_therapist_client_groups", "therapists_clientgroup", "clientgroup_id", ""),
    ("identity", "therapists_therapist_identity_tags", "therapists_identitytag", "identitytag_id", ""),
    ("access", "therapists_therapist_access_options", "therapists_accessoption", "accessoption_id", ""),
    ("format", "therapists_therapist_formats", "therapists_sessionformat", "sessionformat_id", ""),
)

_KINDS = [kind.value for kind in IdentityTag.Kind]

# For sets that bring a second one: its name, one row's bit, and where that comes from.
SECOND = {
    "modality": ("family", "1::bigint << f.bit::int", "LEFT JOIN therapists_family f ON f.id = r.family_id"),
    "identity": ("kind", f"1::bigint << array_position(ARRAY{_KINDS!r}::text[], r.kind::text) - 1", ""),
}


def _links(name: str, link: str, reference: str, column: str, condition: str) -> Part:
    """Return a set: therapist, bits 0 to 63, bits 64 to 127, and the second set's bits."""
    _, second, join = SECOND.get(name, ("", "0::bigint", ""))
    return Part(
        (
            "t.therapist_id",
            "coalesce(bit_or(1::bigint << r.bit::int) FILTER (WHERE r.bit < 64), 0)",
            "coalesce(bit_or(1::bigint << (r.bit - 64)::int) FILTER (WHERE r.bit >= 64), 0)",
            f"coalesce(bit_or({second}), 0)",
        ),
        f"""FROM {link} t JOIN {reference} r ON r.id = t.{column} {join}
        WHERE {condition or "true"} AND {{only}} GROUP BY t.therapist_id""",
    )


PARTS = {
    "therapists": _THERAPISTS,
    "windows": _WINDOWS,
    "locations": _LOCATIONS,
    "places": _PLACES,
    "contracts": _CONTRACTS,
    **{name: _links(name, *link) for name, *link in LINKS},
}
