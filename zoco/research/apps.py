"""Research as a Django app."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo


class ResearchConfig(AppConfig):
    """Segments of people, what they are worth, and what they buy. It stands on people."""

    name = "zoco.research"
    label = "zoco_research"
    verbose_name = _("Research")
    default_auto_field = "django.db.models.BigAutoField"
    area = "research"

    def ready(self) -> None:
        """Register rules of audiences, what a person's page shows, and what goes with a site's facts."""
        from zoco.ledger.pictures import names
        from zoco.research import portable  # noqa: F401 - it registers
        from zoco.research.affinity import leaf as bought_leaf  # noqa: F401
        from zoco.research.affinity import panels as next_panels  # noqa: F401
        from zoco.research.personas import leaf as persona_leaf  # noqa: F401
        from zoco.research.scores import leaf  # noqa: F401
        from zoco.research.valuing import leaf as value_leaf  # noqa: F401
        from zoco.research.valuing import panels  # noqa: F401
        from zoco.sites import leaving

        leaving.forget_by("research", _site_forget)
        names.provide("rfm_segment", _segment_names, is_alone=True)


def _segment_names(_site: SiteInfo, keys: Collection[str]) -> dict[str, str]:
    """Return what segments of customers are called."""
    from zoco.research.scores.scoring import SEGMENTS

    return {key: str(SEGMENTS[key]) for key in keys if key in SEGMENTS}


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was found of a site's facts; what does it is imported when there is some."""
    from zoco.research.studies import site_forget

    site_forget(site, until)
