from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('zoco_trials', '0006_withheld_and_kept'),
    ]

    operations = [
        migrations.AddField(
            model_name='trial',
            name='units_due',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
    ]
