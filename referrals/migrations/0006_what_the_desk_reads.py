import django.db.models.deletion
from django.db import migrations, models

import core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0005_frozen_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", core.fields.EncryptedTextField()),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reason",
                        to="referrals.referralevent",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(
                condition=models.Q(("awaiting", "client"), ("state", "lapsed")),
                fields=["-closed_at", "-id"],
                name="places_not_answered",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("state__in", ["choosing", "requested", "waiting", "offered"])),
                fields=["queue_from", "id"],
                name="seeking_by_wait",
            ),
        ),
        migrations.AddIndex(
            model_name="waitinglistentry",
            index=models.Index(
                condition=models.Q(("state", "parked")), fields=["changed_at", "id"], name="parked_entries"
            ),
        ),
    ]
