"""Trials as a Django app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from zoco.ledger.asking import causal


class TrialsConfig(AppConfig):
    """Who gets which arm, and who saw it."""

    name = "zoco.trials"
    label = "zoco_trials"
    verbose_name = _("Trials")
    default_auto_field = "django.db.models.BigAutoField"
    area = "monitor"

    def ready(self) -> None:
        """Register what goes with a site's facts and with its moves, and follow goals that are renamed."""
        from zoco.ledger.asking import causal, goals
        from zoco.sites import leaving
        from zoco.trials import portable  # noqa: F401 - registers
        from zoco.trials.keeping import erasing  # noqa: F401 - registers

        causal.provide("trials", _effects)
        goals.follow("trials", _goal_renamed)
        leaving.forget_by("trials", _site_forget)


def _effects(wanted: causal.Wanted) -> Iterator[causal.Effect]:
    """Say what was brought by what trials withhold; what does it is imported when somebody asks."""
    from zoco.trials.analysis.causes import effects

    return effects(wanted)


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was worked out of a site's facts; what does it is imported when there is some."""
    from zoco.trials.leaving import site_forget

    site_forget(site, until)


def _goal_renamed(site: int, was: str, now: str) -> None:
    """Drafts go by the goals of now; of what has begun they are frozen."""
    from zoco.trials.services import drafts_follow

    drafts_follow(site=site, was=was, now=now)
