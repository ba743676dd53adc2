"""A log that is read with one plan per session, stays short in long imports, announces weights, and notices damage."""

from django.db import migrations, models

from matching.functions import create, drop

# A transaction that changes more than this writes no further lines: reading everybody anew is cheaper by then.
MOST_LINES = 2_000

# ruff: noqa: S608 - nothing but a constant is put into this text

NOTES = f"""
CREATE OR REPLACE FUNCTION matching_note_change() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    -- How many this transaction has noted; set back with it, or with its savepoint.
    noted integer := coalesce(nullif(current_setting('matching.noted', true), ''), '0')::integer;
    named text := ltrim(TG_ARGV[0], '@');
    rows text;
    ids bigint[];
BEGIN
    IF noted > {MOST_LINES} THEN
        RETURN NULL;
    END IF;
    rows := CASE TG_OP
        WHEN 'INSERT' THEN format('SELECT %1$I AS k FROM came', named)
        WHEN 'DELETE' THEN format('SELECT %1$I AS k FROM gone', named)
        ELSE format('SELECT %1$I AS k FROM came UNION SELECT %1$I FROM gone', named)
    END;
    IF TG_ARGV[0] LIKE '@%' THEN
        rows := format('SELECT p.therapist_id AS k FROM (%s) c JOIN therapists_place p ON p.id = c.k', rows);
    END IF;
    EXECUTE format('SELECT array_agg(DISTINCT k) FROM (%s) x WHERE k IS NOT NULL', rows) INTO ids;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    noted := noted + cardinality(ids);
    IF noted > {MOST_LINES} THEN
        ids := '{{-1}}';
    END IF;
    INSERT INTO matching_registerchange (therapist_id, txid)
    SELECT k, pg_current_xact_id()::text::bigint FROM unnest(ids) k;
    PERFORM set_config('matching.noted', noted::text, true);
    RETURN NULL;
END $body$;

CREATE FUNCTION matching_note_weights() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO matching_registerchange (therapist_id, txid) VALUES (0, pg_current_xact_id()::text::bigint);
    RETURN NULL;
END $body$;
CREATE TRIGGER note_weights AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON matching_weightset
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_weights();
"""

DAMAGE = """
DROP TRIGGER shortened ON matching_registerchange;
DROP FUNCTION matching_log_shortened();

CREATE FUNCTION matching_log_shortened() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    -- Pruning says first how far it goes. Whoever takes out more has left processes without what they must know.
    IF EXISTS (SELECT FROM gone, matching_registerlog log WHERE gone.txid >= log.pruned_below) THEN
        UPDATE matching_registerlog SET generation = gen_random_uuid();
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER shortened AFTER DELETE ON matching_registerchange REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION matching_log_shortened();
CREATE TRIGGER altered AFTER UPDATE ON matching_registerchange
    FOR EACH STATEMENT EXECUTE FUNCTION matching_log_emptied();
CREATE TRIGGER gone AFTER DELETE ON matching_registerlog
    FOR EACH STATEMENT EXECUTE FUNCTION matching_log_emptied();
"""

# As 0003 left it.
BACK = """
DROP TRIGGER note_weights ON matching_weightset;
DROP FUNCTION matching_note_weights();
DROP TRIGGER shortened ON matching_registerchange;
DROP TRIGGER altered ON matching_registerchange;
DROP TRIGGER gone ON matching_registerlog;
DROP FUNCTION matching_log_shortened();

CREATE OR REPLACE FUNCTION matching_note_change() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    named text := ltrim(TG_ARGV[0], '@');
    rows text;
    ids bigint[];
BEGIN
    rows := CASE TG_OP
        WHEN 'INSERT' THEN format('SELECT %1$I AS k FROM came', named)
        WHEN 'DELETE' THEN format('SELECT %1$I AS k FROM gone', named)
        ELSE format('SELECT %1$I AS k FROM came UNION SELECT %1$I FROM gone', named)
    END;
    IF TG_ARGV[0] LIKE '@%' THEN
        rows := format('SELECT p.therapist_id AS k FROM (%s) c JOIN therapists_place p ON p.id = c.k', rows);
    END IF;
    EXECUTE format('SELECT array_agg(DISTINCT k) FROM (%s) x WHERE k IS NOT NULL', rows) INTO ids;
    IF cardinality(ids) > 500 THEN
        INSERT INTO matching_registerchange (therapist_id, txid) VALUES (NULL, pg_current_xact_id()::text::bigint);
    ELSIF ids IS NOT NULL THEN
        INSERT INTO matching_registerchange (therapist_id, txid)
        SELECT k, pg_current_xact_id()::text::bigint FROM unnest(ids) k;
    END IF;
    RETURN NULL;
END $body$;

CREATE FUNCTION matching_log_shortened() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    upto bigint;
BEGIN
    SELECT max(txid) + 1 FROM gone INTO upto;
    IF upto IS NOT NULL THEN
        UPDATE matching_registerlog SET pruned_below = greatest(pruned_below, upto);
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER shortened AFTER DELETE ON matching_registerchange REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION matching_log_shortened();

-- Lines written meanwhile say "everybody" in a way that older code does not know: it must begin anew.
UPDATE matching_registerlog SET generation = gen_random_uuid();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0005_wait_forecasts"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="registerlog",
            constraint=models.CheckConstraint(condition=models.Q(id=1), name="one_row_about_the_register_log"),
        ),
        migrations.RunSQL(NOTES + DAMAGE, BACK),
        migrations.RunSQL(create(), drop()),
    ]
