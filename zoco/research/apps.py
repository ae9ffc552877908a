"""Research as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResearchConfig(AppConfig):
    """Segments of people, what they are worth, and what they buy. It stands on people."""

    name = "zoco.research"
    label = "zoco_research"
    verbose_name = _("Research")
    default_auto_field = "django.db.models.BigAutoField"
    area = "research"

    def ready(self) -> None:
        """Register the rules of audiences."""
        from zoco.research.scores import leaf  # noqa: F401
