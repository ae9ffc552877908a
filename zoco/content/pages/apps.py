"""The page types as a Django app of their own, for projects that have Wagtail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """Home page and standard pages."""

    name = "zoco.content.pages"
    label = "zoco_content_pages"
    verbose_name = _("Pages")
    default_auto_field = "django.db.models.BigAutoField"
    area = "retain"

    def ready(self) -> None:
        """Offer pictures and pages to letters."""
        from zoco.content.pages import articles, pictures  # noqa: F401
