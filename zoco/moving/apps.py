"""Moving as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MovingConfig(AppConfig):
    """Sites that begin anew."""

    name = "zoco.moving"
    label = "zoco_moving"
    verbose_name = _("Moving of sites")
    default_auto_field = "django.db.models.BigAutoField"
    area = ""
