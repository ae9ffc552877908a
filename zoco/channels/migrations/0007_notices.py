from django.db import migrations, models


def batches_name(apps, schema_editor):
    """Say of what was told before which batch its message is of."""
    Told, Message = (apps.get_model("zoco_channels", name) for name in ("Told", "Message"))
    mine = Message.objects.filter(pk=models.OuterRef("message"))
    Told.objects.filter(message__batch__isnull=False).update(batch=models.Subquery(mine.values("batch")))


class Migration(migrations.Migration):

    dependencies = [
        ('zoco_channels', '0006_rates'),
    ]

    operations = [
        migrations.AddField(
            model_name='told',
            name='batch',
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunPython(batches_name, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='told',
            index=models.Index(models.F('batch'), models.F('told'), models.F('id'), condition=models.Q(('batch__isnull', False)), name='zoco_channels_told_of_batch'),
        ),
        migrations.AddIndex(
            model_name='told',
            index=models.Index(models.F('account'), models.F('told'), models.F('at'), name='zoco_channels_told_of_account'),
        ),
    ]
