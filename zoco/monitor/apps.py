"""Monitor as a Django app."""

from datetime import date, datetime

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _

NAMES = {"ga4": "Google Analytics 4", "matomo": "Matomo", "plausible": "Plausible", "umami": "Umami"}


class MonitorConfig(AppConfig):
    """The reports about traffic, and the goals of sites."""

    name = "zoco.monitor"
    label = "zoco_monitor"
    verbose_name = _("Monitor")
    default_auto_field = "django.db.models.BigAutoField"
    area = "monitor"

    def ready(self) -> None:
        """Provide the book of goals, what curves show of days, names of importers; erase from exports."""
        from zoco.ledger.asking import converting, goals
        from zoco.ledger.asking.imported import days as imported
        from zoco.ledger.pictures import marks
        from zoco.monitor import annotations, funnels, portable, reads  # noqa: F401 - portable registers
        from zoco.monitor.attribution import definition
        from zoco.monitor.exports import erasing  # noqa: F401 - registers
        from zoco.monitor.reports.conversions import defined
        from zoco.monitor.reports.funnels import drawn
        from zoco.monitor.sharing import following
        from zoco.sites import leaving, uploads
        from zoco.sites import reads as sites

        goals.provide(reads.goals)
        goals.follow("monitor", following.goal_renamed)
        drawn.provide(funnels.funnel_of, funnels.funnels_of)
        defined.provide(definition.definition_of)
        converting.provide(lambda site: definition.definition_of(site).goals)
        marks.provide(annotations.marks)
        sites.provide(_days_given)
        imported.NAMES.update(NAMES)
        if apps.is_installed("zoco.people"):
            from zoco.monitor import funnel_leaf  # noqa: F401 - registers
        leaving.forget_by("monitor", _site_forget)
        uploads.begun_by("imports", _uploads_to_come)


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was made of a site's facts; what does it is imported when there is some."""
    from zoco.monitor.leaving import site_forget

    site_forget(site, until)


def _uploads_to_come() -> list[int]:
    from zoco.monitor.imports.services import uploads_to_come

    return uploads_to_come()


def _days_given() -> dict[int, list[tuple[date, date]]]:
    """Return which days imports have; what reads exports is imported when it is first asked."""
    from zoco.monitor.imports.given import days_given

    return days_given()
