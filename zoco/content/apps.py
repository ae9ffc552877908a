"""The site's theme as a Django app: templates, style sheet, translations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    """What all public pages look like."""

    name = "zoco.content"
    label = "zoco_content"
    verbose_name = _("Content")
    default_auto_field = "django.db.models.BigAutoField"
    area = "retain"
