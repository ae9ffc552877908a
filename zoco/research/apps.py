"""Research as a Django app."""

from datetime import datetime

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
        """Register rules of audiences, what a person's page shows, and what goes with a site's facts."""
        from zoco.research.personas import leaf as persona_leaf  # noqa: F401
        from zoco.research.scores import leaf  # noqa: F401
        from zoco.research.valuing import leaf as value_leaf  # noqa: F401
        from zoco.research.valuing import panels  # noqa: F401
        from zoco.sites import leaving

        leaving.forget_by("research", _site_forget)


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was found of a site's facts; what does it is imported when there is some."""
    from zoco.research.studies import site_forget

    site_forget(site, until)
