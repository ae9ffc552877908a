"""Whoever saw reports saw costs in one of them. That takes the permission to see costs from now on.

Groups and accounts that saw them go on seeing them. The roles are left alone: they had the permission,
and where an owner took it from one, that was meant.
"""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = ("owner", "marketer", "analyst")


def keep(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Give the permission to who may see reports; a database that is new has no permissions yet."""
    permissions = apps.get_model("auth", "Permission").objects
    reports = permissions.filter(content_type__app_label="zoco_ledger", codename="view_reports").first()
    costs = permissions.filter(content_type__app_label="zoco_campaigns", codename="view_cost").first()
    if reports is None or costs is None:
        return
    for group in apps.get_model("auth", "Group").objects.filter(permissions=reports).exclude(name__in=ROLES):
        group.permissions.add(costs)
    for user in apps.get_model(settings.AUTH_USER_MODEL).objects.filter(user_permissions=reports):
        user.user_permissions.add(costs)


class Migration(migrations.Migration):
    dependencies = [
        ("zoco_campaigns", "0003_costs_imported"),
        ("zoco_ledger", "0002_access"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
