"""What decided that addresses are suppressed, and who lifted that."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("zoco_consent", "0002_topics_confirmations_forms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SuppressionEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hash", models.CharField(max_length=64)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("dead", "the address is dead"),
                            ("complaint", "a complaint"),
                            ("unsubscribed", "wants nothing more"),
                            ("by_hand", "by hand"),
                            ("imported", "by an import"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_lift", models.BooleanField(default=False)),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("server", "Server"),
                            ("person", "Person"),
                            ("complaint", "Complaint"),
                            ("import", "Import"),
                            ("staff", "Staff"),
                        ],
                        max_length=9,
                    ),
                ),
                ("rule", models.CharField(blank=True, max_length=200)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("code", models.CharField(blank=True, max_length=12)),
                ("said", models.CharField(blank=True, max_length=300)),
                ("letter", models.UUIDField(null=True)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("sent_at", models.DateTimeField(null=True)),
                ("notice", models.CharField(blank=True, max_length=100)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.F("hash"), models.F("why"), models.F("id"), name="zoco_consent_decided"
                    )
                ],
            },
        ),
    ]
