"""The shell as a Django app; it must stand before wagtail.admin, whose templates it fills."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """Menus, home and frames in Wagtail's admin."""

    name = "zoco.desk"
    label = "zoco_desk"
    verbose_name = _("Desk")
    default_auto_field = "django.db.models.BigAutoField"
    area = ""
