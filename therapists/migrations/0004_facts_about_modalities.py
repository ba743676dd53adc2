import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("therapists", "0003_nation_is_one_of_four"),
    ]

    operations = [
        migrations.CreateModel(
            name="ModalityFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=400)),
                ("reviewed_by", models.CharField(blank=True, max_length=120)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("active", models.BooleanField(default=True)),
                ("between", models.TextField(blank=True)),
                ("length", models.TextField(blank=True)),
                ("offered_for", models.TextField(blank=True)),
                ("evidence", models.TextField(blank=True)),
                (
                    "focus",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("now", "Now and what comes next"),
                            ("past", "The past and where things come from"),
                            ("now past", "Either, as it suits"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "practice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "Things to do between meetings"),
                            ("no", "Nothing set between meetings"),
                            ("yes no", "Either, as it suits"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "lead",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("structured", "A plan for each meeting"),
                            ("open", "Open: the person chooses what to talk about"),
                            ("structured open", "Either, as it suits"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "time",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("short", "A smaller number of meetings"),
                            ("longer", "Longer"),
                            ("short longer", "Either, as it suits"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "company",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("alone", "One person and the therapist"),
                            ("group", "A group"),
                            ("close", "With a partner or family"),
                            ("alone group", "One person, or a group"),
                            ("alone close", "One person, or with a partner or family"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("talking", "Mainly talking"),
                            ("making", "Making, music, acting or movement"),
                            ("body", "Noticing the body, or relaxing deeply"),
                            ("talking body", "Talking, and noticing the body"),
                        ],
                        max_length=24,
                    ),
                ),
                ("children_only", models.BooleanField(default=False)),
                (
                    "modality",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fact", to="therapists.modality"
                    ),
                ),
            ],
            options={
                "verbose_name": "fact about a kind of therapy",
                "verbose_name_plural": "facts about kinds of therapy",
                "ordering": ["modality__position"],
            },
        ),
        migrations.CreateModel(
            name="ModalityIssue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=400)),
                ("reviewed_by", models.CharField(blank=True, max_length=120)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("active", models.BooleanField(default=True)),
                ("guideline", models.CharField(blank=True, max_length=20)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usual_modalities",
                        to="therapists.issue",
                    ),
                ),
                (
                    "modality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usual_issues",
                        to="therapists.modality",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of therapy for an issue",
                "verbose_name_plural": "kinds of therapy for issues",
                "constraints": [
                    models.UniqueConstraint(fields=("modality", "issue"), name="one_row_per_modality_and_issue"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("guideline", ""), ("year__isnull", True)),
                            models.Q(models.Q(("guideline", ""), _negated=True), ("year__gt", 0)),
                            _connector="OR",
                        ),
                        name="a_guideline_has_its_year",
                    ),
                ],
            },
        ),
    ]
