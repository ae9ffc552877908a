import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('zoco_channels', '0008_proofs'),
        ('zoco_people', '0007_mains'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='message',
            index=models.Index(models.F('done_at'), models.F('about_kind'), condition=models.Q(('batch__isnull', True)), name='zoco_channels_over'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(django.db.models.functions.text.Lower('to'), condition=models.Q(('person__isnull', True)), name='zoco_channels_to_nobody'),
        ),
    ]
