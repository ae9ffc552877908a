from django.db import migrations, models
from django.db.models import Exists, OuterRef


def only_oldest_is_used(apps, schema_editor):
    """Until now all were marked as used, and the oldest was taken."""
    identities = apps.get_model("zoco_people", "Identity").objects.using(schema_editor.connection.alias)
    older = identities.filter(
        person=OuterRef("person"), kind=OuterRef("kind"), space=OuterRef("space"), pk__lt=OuterRef("pk")
    )
    later = list(identities.filter(Exists(older)).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(later), 500):
        identities.filter(pk__in=later[start : start + 500]).update(is_main=False)


class Migration(migrations.Migration):

    dependencies = [
        ('zoco_people', '0006_erase'),
    ]

    operations = [
        migrations.AlterField(
            model_name='edit',
            name='what',
            field=models.CharField(choices=[('made', 'added'), ('changed', 'changed'), ('named', 'identity added'), ('used', 'another one is used'), ('unnamed', 'identity removed'), ('tagged', 'tag added'), ('untagged', 'tag removed'), ('unjoined', 'browser taken away'), ('merged', 'merged with another'), ('parted', 'merge undone')], max_length=8),
        ),
        migrations.AddField(
            model_name='audience',
            name='wrong_places',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='peopleimport',
            name='said_places',
            field=models.JSONField(default=dict),
        ),
        migrations.RunPython(only_oldest_is_used, migrations.RunPython.noop),
    ]
