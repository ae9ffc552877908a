"""Surveys as a Django app."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from zoco.surveys.naming import Named


class SurveysConfig(AppConfig):
    """What people say when they are asked. It stands on people and permission."""

    name = "zoco.surveys"
    label = "zoco_surveys"
    verbose_name = _("Surveys")
    default_auto_field = "django.db.models.BigAutoField"
    area = "research"

    def ready(self) -> None:
        """Register what goes with a site, with people and with browsers, and what subjects are called."""
        from zoco.sites import leaving
        from zoco.surveys import erasing, merging, naming, portable  # noqa: F401

        naming.provide(_asked_of)
        leaving.forget_by("surveys", _site_forget)
        leaving.retain_by("surveys", _site_retain)


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was answered on a site; what does it is imported when there is some."""
    from zoco.surveys.leaving import site_forget

    site_forget(site, until)


def _site_retain(site: int, before: datetime, now: datetime) -> int:
    """Erase answers past their time."""
    from zoco.surveys.leaving import site_retain

    return site_retain(site, before, now)


def _asked_of(site: int) -> tuple[Named, ...]:
    """Return what surveys of a site ask."""
    from zoco.surveys.reads import questions_named

    return questions_named(site)
