"""The permissions to see reports and facts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("zoco_ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Access",
            fields=[("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))],
            options={
                "verbose_name": "access to the ledger",
                "permissions": [
                    ("view_reports", "May see reports"),
                    ("view_facts", "May see the facts behind reports"),
                ],
                "managed": False,
                "default_permissions": (),
            },
        ),
    ]
