"""Questions name the mailbox that is asked, however its address is spelt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("zoco_consent", "0004_newest")]

    operations = [
        migrations.AddField(
            "confirmation", "mailbox", models.CharField(blank=True, default="", max_length=254), False
        ),
        migrations.AddIndex(
            "confirmation", models.Index("mailbox", "asked_at", name="zoco_consent_asked_mailbox")
        ),
    ]
