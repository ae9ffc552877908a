"""Monitor as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitorConfig(AppConfig):
    """The reports about traffic, and the goals of sites."""

    name = "zoco.monitor"
    label = "zoco_monitor"
    verbose_name = _("Monitor")
    default_auto_field = "django.db.models.BigAutoField"
    area = "monitor"

    def ready(self) -> None:
        """Provide the ledger's book of goals, and what curves show of days."""
        from zoco.ledger.asking import goals
        from zoco.ledger.pictures import marks
        from zoco.monitor import annotations, reads

        goals.provide(reads.goals)
        marks.provide(annotations.marks)
