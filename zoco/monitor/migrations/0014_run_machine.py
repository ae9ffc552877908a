"""Which machine a command began an export on: its lock is seen there alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('zoco_monitor', '0013_duty_next'),
    ]

    operations = [
        migrations.AddField(
            model_name='exportrun',
            name='machine',
            field=models.CharField(blank=True, max_length=32),
        ),
    ]
