"""Trials as a Django app."""

from datetime import datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    """Who gets which arm, and who saw it."""

    name = "zoco.trials"
    label = "zoco_trials"
    verbose_name = _("Trials")
    default_auto_field = "django.db.models.BigAutoField"
    area = "monitor"

    def ready(self) -> None:
        """Register what goes with a site's facts."""
        from zoco.sites import leaving

        leaving.forget_by("trials", _site_forget)


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was worked out of a site's facts; what does it is imported when there is some."""
    from zoco.trials.leaving import site_forget

    site_forget(site, until)
