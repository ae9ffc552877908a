from django.db import migrations


def rights_drop(apps, schema_editor):
    """No page deletes journeys or mailboxes: rights to do so are given to nobody, also where they were."""
    rights = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    mine = rights.filter(content_type__app_label="zoco_mail")
    mine.filter(codename__in=("delete_journey", "delete_mailbox")).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('zoco_mail', '0010_goals'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='journey',
            options={'default_permissions': ('add', 'change', 'view'), 'ordering': ['-id'], 'permissions': [('run_journey', 'Can start, pause and end journeys')], 'verbose_name': 'journey', 'verbose_name_plural': 'journeys'},
        ),
        migrations.AlterModelOptions(
            name='mailbox',
            options={'default_permissions': ('add', 'change', 'view'), 'ordering': ['name', 'id']},
        ),
        migrations.RunPython(rights_drop, migrations.RunPython.noop),
    ]
