import django.db.models.deletion
from django.db import migrations, models

# Row triggers only: TRUNCATE stays possible for whoever owns the tables (tests empty them so).
TRIGGERS = """
CREATE TRIGGER weights_are_only_added BEFORE UPDATE OR DELETE ON matching_weightset
FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER runs_are_never_altered BEFORE UPDATE ON matching_matchrun
FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
# While a release is put in place, processes of the one before still send referrals: their runs say none of this.
FOR_OLDER_CODE = """
ALTER TABLE matching_matchrun
    ALTER statement_version SET DEFAULT 1, ALTER "order" SET DEFAULT 'fit', ALTER "offset" SET DEFAULT 0,
    ALTER silent SET DEFAULT '[]', ALTER shown SET DEFAULT '{}',
    ALTER list_digest SET DEFAULT '', ALTER meaning_digest SET DEFAULT '';
"""
NO_TRIGGERS = """
DROP TRIGGER weights_are_only_added ON matching_weightset;
DROP TRIGGER runs_are_never_altered ON matching_matchrun;
"""


class Migration(migrations.Migration):
    """Weights are only added; a run keeps what decided about the first of its list."""

    dependencies = [
        ("core", "0002_append_only"),
        ("matching", "0006_sound_register_log"),
    ]

    operations = [
        migrations.AddField("weightset", "again", models.ForeignKey(
            blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
            to="matching.weightset",
        )),
        # Runs recorded before were all of the first version, the first page, by fit.
        migrations.AddField(
            "matchrun", "statement_version", models.PositiveSmallIntegerField(default=1), preserve_default=False
        ),
        migrations.AddField("matchrun", "order", models.CharField(default="fit", max_length=10), preserve_default=False),
        migrations.AddField("matchrun", "offset", models.PositiveIntegerField(default=0), preserve_default=False),
        migrations.AddField("matchrun", "silent", models.JSONField(default=list)),
        migrations.AddField("matchrun", "shown", models.JSONField(default=dict)),
        migrations.AddField("matchrun", "list_digest", models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False),
        migrations.AddField("matchrun", "meaning_digest", models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(FOR_OLDER_CODE, migrations.RunSQL.noop),
    ]
