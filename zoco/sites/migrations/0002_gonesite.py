"""Remember deleted sites until their facts are erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("zoco_sites", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="GoneSite",
            fields=[
                ("site", models.BigIntegerField(primary_key=True, serialize=False)),
                ("deleted_at", models.DateTimeField()),
            ],
            options={"default_permissions": (), "ordering": ["site"]},
        ),
    ]
