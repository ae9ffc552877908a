"""Choices are listed by when they were made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("zoco_consent", "0003_suppressions_lifted")]

    operations = [
        migrations.AddIndex("choice", models.Index("at", "id", name="zoco_consent_newest")),
    ]
