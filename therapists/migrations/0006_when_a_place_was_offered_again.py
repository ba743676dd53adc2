from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("therapists", "0005_search_for_one_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="placeclaim",
            name="offered_again_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
