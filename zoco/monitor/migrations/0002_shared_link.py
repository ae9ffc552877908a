"""Dashboards for readers without an account."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("zoco_monitor", "0001_goal"),
        ("zoco_sites", "0003_sharedkey"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SharedLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('board', models.CharField(max_length=60)),
                ('filters', models.JSONField(blank=True, default=dict)),
                ('verdicts', models.CharField(default='people', max_length=100)),
                ('period', models.CharField(default='30d', max_length=40)),
                ('may_change_period', models.BooleanField(default=True)),
                ('may_filter', models.BooleanField(default=True)),
                ('least', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MaxValueValidator(1000)])),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_on', models.DateField(blank=True, null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='zoco_sites.site')),
            ],
            options={
                'verbose_name': 'shared link',
                'verbose_name_plural': 'shared links',
                'ordering': ['-created_at', '-id'],
                'default_permissions': ('view', 'add', 'change'),
                'constraints': [models.CheckConstraint(condition=models.Q(('least__lte', 1000)), name='zoco_shared_link_least')],
            },
        ),
    ]
