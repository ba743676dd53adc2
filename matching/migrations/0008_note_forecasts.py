"""A forecast orders the list: a new one is noted like any other change of what ranking reads."""

from django.db import migrations

NOTE = """
CREATE TRIGGER note_came AFTER INSERT ON matching_waitforecast REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_change('therapist_id');
CREATE TRIGGER note_changed AFTER UPDATE ON matching_waitforecast REFERENCING NEW TABLE AS came OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_change('therapist_id');
CREATE TRIGGER note_gone AFTER DELETE ON matching_waitforecast REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_change('therapist_id');
CREATE TRIGGER note_emptied AFTER TRUNCATE ON matching_waitforecast
    FOR EACH STATEMENT EXECUTE FUNCTION matching_note_everything();
"""

UNDO = """
DROP TRIGGER note_came ON matching_waitforecast;
DROP TRIGGER note_changed ON matching_waitforecast;
DROP TRIGGER note_gone ON matching_waitforecast;
DROP TRIGGER note_emptied ON matching_waitforecast;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0007_runs_that_can_be_repeated"),
        ("therapists", "0008_how_many_wait"),
    ]

    operations = [migrations.RunSQL(NOTE, UNDO)]
