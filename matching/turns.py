"""The history of places, read from the normalised tables into arrays (matching.forecast.History).

Days are counted from 1970 and are days in London. Nothing personal is read: who was in a place is not looked at.
"""

import datetime
from io import BytesIO

import numpy as np
from django.db import connection

from core.clock import LONDON
from matching.forecast.history import I64, History
from matching.forecast.pool import WINDOW
from matching.forecast.recorded import SAME_SEASON

_EPOCH = datetime.date(1970, 1, 1)
# As far back as the earliest day asked about looks.
_REACH = datetime.timedelta(weeks=WINDOW + max(SAME_SEASON))

# A turn ends when the place is there for the next person: with the next claim at the latest, else from the day she
# said, else with the release. Closed before that, or still "not yet": it has not ended. A hold somebody has now is
# the beginning of a turn; holds of the past that led to nothing are not looked at.
_TURNS = """
WITH used AS (
    SELECT p.therapist_id, {opened} AS opened, {released} AS released, {closed} AS closed,
        c.offered_again_on - date '1970-01-01' AS again, p.available_from - date '1970-01-01' AS offered,
        lead({opened}) OVER (PARTITION BY c.place_id ORDER BY c.opened_at, c.id) AS next
    FROM therapists_placeclaim c JOIN therapists_place p ON p.id = c.place_id
    WHERE c.opened_at <= {now} AND (c.kind = 'occupied' OR (c.released_at IS NULL AND c.expires_at >= {now}))
        AND (c.released_at IS NULL OR c.released_at >= {since})),
freed AS (
    SELECT *, CASE WHEN released IS NULL THEN NULL
        WHEN next IS NOT NULL THEN least(greatest(released, again), next)
        WHEN offered <= {today} THEN greatest(released, offered) END AS free
    FROM used)
SELECT therapist_id, opened::bigint,
    CASE WHEN closed < coalesce(free, {today} + 1) THEN greatest(closed, opened)
        ELSE coalesce(free, {today}) END::bigint,
    (free IS NOT NULL AND NOT coalesce(closed < free, false))::int::bigint,
    (free IS NULL AND closed IS NULL AND (released IS NULL OR offered IS NULL))::int::bigint
FROM freed ORDER BY therapist_id
"""

# Empty places with a day in the future.
_KNOWN = """
SELECT p.therapist_id, (p.available_from - date '1970-01-01')::bigint
FROM therapists_place p
WHERE p.closed_at IS NULL AND p.available_from > date '1970-01-01' + {today} AND NOT EXISTS (
    SELECT FROM therapists_placeclaim c WHERE c.place_id = p.id AND c.released_at IS NULL
        AND (c.kind = 'occupied' OR c.expires_at >= {now}))
ORDER BY p.therapist_id
"""

# The family when all her therapies are of one, else 0. The area: the letters of her first room's postcode, else the
# nation.
_PEOPLE = """
SELECT t.id, coalesce(f.family, 0)::bigint,
    coalesce(ascii(l.letters) * 256 + ascii(substr(l.letters, 2)), -ascii(t.nation))::bigint,
    (SELECT count(*) FROM therapists_place p WHERE p.therapist_id = t.id AND p.closed_at IS NULL)
FROM therapists_therapist t
LEFT JOIN (
    SELECT m.therapist_id, CASE WHEN min(r.family_id) = max(r.family_id) THEN min(r.family_id) END AS family
    FROM therapists_therapistmodality m JOIN therapists_modality r ON r.id = m.modality_id
    GROUP BY m.therapist_id) f ON f.therapist_id = t.id
LEFT JOIN (
    SELECT DISTINCT ON (therapist_id) therapist_id, substring(upper(postcode) FROM '^[A-Z]{{1,2}}') AS letters
    FROM therapists_location WHERE active ORDER BY therapist_id, id) l ON l.therapist_id = t.id
WHERE EXISTS (SELECT FROM therapists_place p WHERE p.therapist_id = t.id)
ORDER BY t.id
"""

_MODALITIES = "SELECT therapist_id, modality_id FROM therapists_therapistmodality ORDER BY therapist_id, modality_id"


def day_of(moment: datetime.datetime) -> int:
    return (moment.astimezone(LONDON).date() - _EPOCH).days


def history_at(now: datetime.datetime) -> tuple[History, I64]:
    """Return the history until now of everybody who ever had a place, and how many open places each has.

    Four queries."""
    today = day_of(now)
    people = _copied(_PEOPLE.format(), 4)
    ids = people[0]
    turns = _of(ids, _copied(_filled(_TURNS, now, today), 5))
    known = _of(ids, _copied(_filled(_KNOWN, now, today), 2))
    modalities = _of(ids, _copied(_MODALITIES, 2))
    history = History(
        today=today,
        ids=ids,
        family=np.unique(people[1], return_inverse=True)[1].astype(np.int64),
        area=people[2],
        modality_row=modalities[0],
        modality=modalities[1],
        row=turns[0],
        start=turns[1],
        end=turns[2],
        ended=turns[3].astype(bool),
        live=turns[4].astype(bool),
        known_row=known[0],
        known_day=known[1],
    )
    return history, people[3]


def _filled(query: str, now: datetime.datetime, today: int) -> str:
    london = "((({})::timestamptz AT TIME ZONE 'Europe/London')::date - date '1970-01-01')"
    return query.format(
        now=f"timestamptz '{now.isoformat()}'",
        since=f"timestamptz '{(now - _REACH).isoformat()}'",
        today=today,
        opened=london.format("c.opened_at"),
        released=london.format("c.released_at"),
        closed=london.format("p.closed_at"),
    )


def _of(ids: I64, found: I64) -> I64:
    """Put rows in place of primary keys; whoever was added between two queries waits until tomorrow."""
    row = np.minimum(np.searchsorted(ids, found[0]), max(len(ids) - 1, 0))
    there = ids[row] == found[0] if len(ids) else np.zeros(len(row), bool)
    return np.concatenate([row[None, there], found[1:, there]])


_HEADER, _TRAILER = 19, 2


def _copied(query: str, width: int) -> I64:
    """Return the columns of a query, each of type bigint and never null, through a binary COPY."""
    answer = BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", answer)
    fields = [(f"{name}{n}", kind) for n in range(width) for name, kind in (("length", ">i4"), ("value", ">i8"))]
    found = np.frombuffer(answer.getbuffer()[_HEADER:-_TRAILER], np.dtype([("fields", ">i2"), *fields]))
    if len(found) and any((found[f"length{n}"] != 8).any() for n in range(width)):
        raise ValueError("a column of the history is null or no bigint")
    return np.array([found[f"value{n}"] for n in range(width)], np.int64)
