"""Trials as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    """Who gets which arm, and who saw it."""

    name = "zoco.trials"
    label = "zoco_trials"
    verbose_name = _("Trials")
    default_auto_field = "django.db.models.BigAutoField"
    area = "monitor"
