"""Media mix as a Django app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from zoco.ledger.asking import causal


class MixConfig(AppConfig):
    """Media mix models of sites, and tests of channels."""

    name = "zoco.mix"
    label = "zoco_mix"
    verbose_name = _("Media mix")
    default_auto_field = "django.db.models.BigAutoField"
    area = "monitor"

    def ready(self) -> None:
        """Let tests of channels move along with sites; look after fits that died; follow sites and goals."""
        from zoco.ledger.asking import causal, goals
        from zoco.mix import periodic, portable  # noqa: F401 - both register
        from zoco.sites import leaving

        causal.provide("mix", _effects)
        goals.follow("mix", _goal_renamed)
        leaving.forget_by("mix", _site_forget)


def _effects(wanted: causal.Wanted) -> Iterator[causal.Effect]:
    """Say what money brought, beside credits; what does it is imported when somebody asks."""
    from zoco.mix.causes import effects

    return effects(wanted)


def _goal_renamed(site: int, was: str, now: str) -> None:
    """Models and tests of a goal are compared by its name, so all of them follow it."""
    from zoco.mix.models import ChannelTest, MediaMix, RegionalTest, Work

    for model in (ChannelTest, MediaMix, RegionalTest):
        model.objects.filter(site=site, goal=was).update(goal=now)
    for test in ChannelTest.objects.filter(site=site, goals__isnull=False).order_by("pk"):
        goals: list[str] = test.goals or []
        if was in goals:
            test.goals = _renamed(goals, was, now)
            test.save(update_fields=["goals"])
    works: tuple[type[Work], ...] = (MediaMix, RegionalTest)
    for kind in works:
        for work in kind._default_manager.filter(site=site, result__has_key="goals").order_by("pk"):
            if was in work.result["goals"]:
                work.result["goals"] = _renamed(work.result["goals"], was, now)
                work.save(update_fields=["result"])


def _renamed(goals: list[str], was: str, now: str) -> list[str]:
    return sorted(now if each == was else each for each in goals)


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was made of a site's facts; what does it is imported when there is some."""
    from zoco.mix.leaving import site_forget

    site_forget(site, until)
