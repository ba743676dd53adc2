"""Functions that live in the database, so that a session plans their queries once and the answer is one statement.

One statement sees one moment: what is new and the rows it concerns never come from two. The functions are STABLE and
must stay so: each query of a VOLATILE function would look at a moment of its own.

Their names end in a digest of their texts: old and new processes run side by side while a new version is put in place.
Every `migrate` sees to it that those of this code are there, whether or not a migration says so: without them no list
could be made at all.
"""

# ruff: noqa: S608 - nothing but constants of the code is put into these texts

import hashlib
from typing import Any

from django.db import connections

from matching.queries import PARTS

_READ_SETTINGS = """
    -- A few rows of many tables: by index, with one plan per session. Compiling it would take longer than running it.
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
    SET enable_mergejoin = off SET jit = off"""

_PARTS_OUT = ", ".join(f"OUT of_{name} bigint[]" for name in PARTS)
_PARTS_READ = ",\n".join(f"({part.sql('{id} = ANY(changed)')})" for part in PARTS.values())
_PARTS_FROM = ", ".join(f"r.of_{name}" for name in PARTS)
_PARTS_INTO = ", ".join(f"of_{name}" for name in PARTS)

# What changed since, and all that the register says of those therapists unless they are more than `most`.
_READ = f"""
CREATE OR REPLACE FUNCTION matching_read_DIGEST(
    newest bigint, below bigint, unsettled bigint[], mine bigint, known bigint, most integer,
    OUT everybody boolean, OUT changed bigint[], OUT own_lines bigint, OUT own_kept bigint, OUT own_last bigint,
    OUT weight_set bigint, OUT weighs text, {_PARTS_OUT})
LANGUAGE plpgsql STABLE{_READ_SETTINGS} AS $body$
BEGIN
    SELECT coalesce(bool_or(coalesce(line.therapist_id, -1) < 0) FILTER (WHERE NOT line.old), false),
        coalesce(array_agg(DISTINCT line.therapist_id) FILTER (WHERE line.therapist_id >= 0 AND NOT line.old), '{{}}'),
        count(*) FILTER (WHERE line.own), count(*) FILTER (WHERE line.old),
        coalesce(max(line.id) FILTER (WHERE line.own), 0)
    INTO everybody, changed, own_lines, own_kept, own_last
    FROM (
        SELECT c.id, c.therapist_id, coalesce(c.txid = mine, false) AS own,
            coalesce(c.txid = mine AND c.id <= known AND c.therapist_id IS DISTINCT FROM -1, false) AS old
        FROM matching_registerchange c
        WHERE c.txid >= newest AND c.txid < below OR c.txid = ANY(unsettled || mine)) line;
    IF NOT everybody AND cardinality(changed) BETWEEN 1 AND most THEN
        SELECT {_PARTS_READ}
        INTO {_PARTS_INTO};
    END IF;
    SELECT w.id, w.weights::text INTO weight_set, weighs
    FROM matching_weightset w ORDER BY w.created_at DESC, w.id DESC LIMIT 1;
END $body$;
"""

_PLACE = """concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()),
            pg_relation_filepath('matching_registerlog'::regclass), log.generation)"""

# The question before every ranking: is it still so? Nearly always it is: the answer then is what has been seen now. As
# little as possible, because it is asked so often: one value, one look at the end of an index. When something is new,
# the answer is all of it as JSON; null when another log answers.
_QUIET = f"""
CREATE OR REPLACE FUNCTION matching_quiet_DIGEST(
    known text, oldest bigint, newest bigint, unsettled bigint[], most integer)
RETURNS text LANGUAGE plpgsql STABLE AS $body$
DECLARE
    own bigint := pg_current_xact_id_if_assigned()::text::bigint;
    answer text;
    one bigint;
    top bigint;
BEGIN
    SELECT concat_ws(' ', pg_current_snapshot(), own),
        (SELECT c.txid FROM matching_registerchange c ORDER BY c.txid DESC LIMIT 1)
    INTO answer, top FROM matching_registerlog log
    WHERE log.pruned_below <= oldest AND {_PLACE} = known;
    IF answer IS NOT NULL AND coalesce(top < newest, true) AND (unsettled IS NOT NULL OR own IS NOT NULL) THEN
        FOREACH one IN ARRAY unsettled || own LOOP
            SELECT c.txid INTO top FROM matching_registerchange c WHERE c.txid >= one ORDER BY c.txid LIMIT 1;
            EXIT WHEN top = one;
            top := NULL;
        END LOOP;
        IF top IS NOT NULL THEN
            top := newest;
        END IF;
    END IF;
    IF answer IS NOT NULL AND top >= newest THEN
        RETURN (SELECT row_to_json(n) FROM matching_news_DIGEST(newest, unsettled, 0, most) n);
    END IF;
    RETURN answer;
END $body$;
"""

# What is new, when something is.
_NEWS = f"""
CREATE OR REPLACE FUNCTION matching_news_DIGEST(
    newest bigint, unsettled bigint[], known bigint, most integer,
    OUT place text, OUT pruned bigint, OUT seen text, OUT own bigint, OUT news boolean,
    OUT everybody boolean, OUT changed bigint[], OUT own_lines bigint, OUT own_kept bigint, OUT own_last bigint,
    OUT weight_set bigint, OUT weighs text, {_PARTS_OUT})
LANGUAGE plpgsql STABLE AS $body$
DECLARE
    moment pg_snapshot := pg_current_snapshot();
    below bigint := pg_snapshot_xmax(moment)::text::bigint;
    top bigint;
    one bigint;
BEGIN
    seen := moment::text;
    own := pg_current_xact_id_if_assigned()::text::bigint;
    -- Which log of which database of which server start. Restored from a backup, it is another one.
    SELECT log.pruned_below, {_PLACE}
    INTO pruned, place FROM matching_registerlog log ORDER BY log.id LIMIT 1;
    SELECT c.txid INTO top FROM matching_registerchange c ORDER BY c.txid DESC LIMIT 1;
    IF pruned > below OR top >= below AND top IS DISTINCT FROM own THEN
        -- Nobody else's line can be seen before its transaction is over: these come from another server's counting.
        SELECT concat_ws(' ', place, pruned, max(c.id)) INTO place FROM matching_registerchange c
        WHERE c.txid >= below AND c.txid IS DISTINCT FROM own;
        pruned := CASE WHEN pruned <= below THEN pruned ELSE 0 END;
        SELECT c.txid INTO top FROM matching_registerchange c WHERE c.txid < below ORDER BY c.txid DESC LIMIT 1;
    END IF;
    news := newest IS NULL OR coalesce(top >= newest, false);
    IF NOT news THEN
        FOREACH one IN ARRAY unsettled || own LOOP
            SELECT c.txid INTO top FROM matching_registerchange c WHERE c.txid >= one ORDER BY c.txid LIMIT 1;
            news := news OR coalesce(top = one, false);
        END LOOP;
    END IF;
    IF news THEN
        SELECT r.everybody, r.changed, r.own_lines, r.own_kept, r.own_last, r.weight_set, r.weighs, {_PARTS_FROM}
        INTO everybody, changed, own_lines, own_kept, own_last, weight_set, weighs, {_PARTS_INTO}
        FROM matching_read_DIGEST(coalesce(newest, below), below, coalesce(unsettled, '{{}}'), own, known, most) r;
    END IF;
END $body$;
"""

_DIGEST = hashlib.sha256((_READ + _QUIET + _NEWS).encode()).hexdigest()[:8]
READ = f"matching_read_{_DIGEST}"
QUIET = f"matching_quiet_{_DIGEST}"
NEWS = f"matching_news_{_DIGEST}"


def create() -> str:
    """Return SQL that creates the functions as this code needs them."""
    return (_READ + _QUIET + _NEWS).replace("DIGEST", _DIGEST)


def drop() -> str:
    names = (NEWS, QUIET, READ)
    return "".join(f"DROP FUNCTION IF EXISTS {name};" for name in names)


def ensure(*, using: str, **_kwargs: Any) -> None:
    """After migrating: create the functions unless they are there. Those of older code stay, for who still runs it."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_proc WHERE proname IN (%s, %s, %s)", [READ, QUIET, NEWS])
        if cursor.fetchone()[0] < 3:
            cursor.execute(create())
