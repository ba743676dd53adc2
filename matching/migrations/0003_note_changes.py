"""Triggers that note, per statement, which therapists changed in anything that ranking reads."""

from django.db import migrations

# Table -> the column that names the therapist; "@" names a place instead, whose therapist is looked up.
THERAPISTS = {
    "therapists_therapist": "id",
    "therapists_registration": "therapist_id",
    "therapists_therapistmodality": "therapist_id",
    "therapists_therapistissue": "therapist_id",
    "therapists_therapistlanguage": "therapist_id",
    "therapists_therapist_client_groups": "therapist_id",
    "therapists_therapist_identity_tags": "therapist_id",
    "therapists_therapist_access_options": "therapist_id",
    "therapists_therapist_formats": "therapist_id",
    "therapists_location": "therapist_id",
    "therapists_place": "therapist_id",
    "therapists_placeclaim": "@place_id",
    "therapists_contract": "therapist_id",
}
# A change here may concern everybody.
EVERYBODY = (
    "therapists_register",
    "therapists_family",
    "therapists_modality",
    "therapists_issue",
    "therapists_language",
    "therapists_clientgroup",
    "therapists_identitytag",
    "therapists_accessoption",
    "therapists_sessionformat",
    "therapists_funder",
)

FUNCTIONS = """
CREATE FUNCTION matching_note_change() RETURNS trigger LANGUAGE plpgsql AS $body$
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
        -- So many that reading everything anew is cheaper, and the log stays short.
        INSERT INTO matching_registerchange (therapist_id, txid) VALUES (NULL, pg_current_xact_id()::text::bigint);
    ELSIF ids IS NOT NULL THEN
        INSERT INTO matching_registerchange (therapist_id, txid)
        SELECT k, pg_current_xact_id()::text::bigint FROM unnest(ids) k;
    END IF;
    RETURN NULL;
END $body$;

CREATE FUNCTION matching_note_everything() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO matching_registerchange (therapist_id, txid) VALUES (NULL, pg_current_xact_id()::text::bigint);
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

CREATE FUNCTION matching_log_emptied() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO matching_registerlog (id, generation, pruned_below, prune_next) VALUES (1, gen_random_uuid(), 0, 0)
    ON CONFLICT (id) DO UPDATE SET generation = excluded.generation;
    RETURN NULL;
END $body$;

INSERT INTO matching_registerlog (id, generation, pruned_below, prune_next) VALUES (1, gen_random_uuid(), 0, 0);

CREATE TRIGGER shortened AFTER DELETE ON matching_registerchange REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION matching_log_shortened();
CREATE TRIGGER emptied AFTER TRUNCATE ON matching_registerchange
    FOR EACH STATEMENT EXECUTE FUNCTION matching_log_emptied();
CREATE TRIGGER emptied AFTER TRUNCATE ON matching_registerlog
    FOR EACH STATEMENT EXECUTE FUNCTION matching_log_emptied();
"""

NOTE = """
CREATE TRIGGER note_came AFTER INSERT ON {table} REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_change('{column}');
CREATE TRIGGER note_changed AFTER UPDATE ON {table} REFERENCING NEW TABLE AS came OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_change('{column}');
CREATE TRIGGER note_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_change('{column}');
CREATE TRIGGER note_emptied AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_everything();
"""

NOTE_EVERYTHING = """
CREATE TRIGGER note_everything AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_everything();
"""

UNDO = """
DROP TRIGGER shortened ON matching_registerchange;
DROP TRIGGER emptied ON matching_registerchange;
DROP TRIGGER emptied ON matching_registerlog;
DROP FUNCTION matching_note_change() CASCADE;
DROP FUNCTION matching_note_everything() CASCADE;
DROP FUNCTION matching_log_shortened();
DROP FUNCTION matching_log_emptied();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("matching", "0002_register_changes"),
        ("therapists", "0002_same_person"),
    ]

    operations = [
        migrations.RunSQL(
            FUNCTIONS
            + "".join(NOTE.format(table=table, column=column) for table, column in THERAPISTS.items())
            + "".join(NOTE_EVERYTHING.format(table=table) for table in EVERYBODY),
            UNDO,
        ),
    ]
