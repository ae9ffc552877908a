"""Let machines that share a database agree upon salts and keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("zoco_sites", "0002_gonesite")]

    operations = [
        migrations.CreateModel(
            name="SharedKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("site_key", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=32)),
                ("sealed", models.CharField(max_length=64)),
                ("proof", models.CharField(max_length=32)),
            ],
            options={
                "default_permissions": (),
                "ordering": ["site_key", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=["site_key", "name"], name="zoco_sites_one_shared_key")
                ],
            },
        ),
    ]
