"""Filters under a name."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("zoco_monitor", "0005_alarms"),
        ("zoco_sites", "0003_sharedkey"),
    ]

    operations = [
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Reports offer it under this name.', max_length=80, verbose_name='name')),
                ('filters', models.JSONField(default=dict, verbose_name='filters')),
                ('verdicts', models.CharField(default='people', max_length=100, verbose_name='who counts')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='zoco_sites.site', verbose_name='site')),
            ],
            options={
                'verbose_name': 'segment',
                'verbose_name_plural': 'segments',
                'ordering': ['site', 'name', 'id'],
                'constraints': [models.UniqueConstraint(models.F('site'), django.db.models.functions.text.Lower('name'), name='zoco_monitor_one_segment_of_a_name')],
            },
        ),
    ]
