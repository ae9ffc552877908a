from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('zoco_people', '0005_doubles'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='person',
            options={'ordering': ['-id'], 'permissions': [('export_person', 'May take out files of people'), ('erase_person', 'May erase people')], 'verbose_name': 'person', 'verbose_name_plural': 'people'},
        ),
    ]
