from django.db import migrations

TRIGGER = """
CREATE TRIGGER referral_events_are_only_added BEFORE UPDATE OR DELETE ON referrals_referralevent
FOR EACH ROW EXECUTE FUNCTION core_refuse_change()
"""


class Migration(migrations.Migration):
    """What happened to a referral is never rewritten: replaying the events has to give its state."""

    dependencies = [
        ("referrals", "0002_rounds_and_calls"),
        ("core", "0002_append_only"),
    ]

    operations = [
        migrations.RunSQL(TRIGGER, "DROP TRIGGER referral_events_are_only_added ON referrals_referralevent"),
    ]
