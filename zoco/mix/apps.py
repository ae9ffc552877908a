"""Media mix as a Django app."""

from datetime import datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MixConfig(AppConfig):
    """Media mix models of sites, and tests of channels."""

    name = "zoco.mix"
    label = "zoco_mix"
    verbose_name = _("Media mix")
    default_auto_field = "django.db.models.BigAutoField"
    area = "monitor"

    def ready(self) -> None:
        """Let tests of channels move along with sites; look after fits that died; follow sites and goals."""
        from zoco.ledger.asking import goals
        from zoco.mix import periodic, portable  # noqa: F401 - both register
        from zoco.sites import leaving

        goals.follow("mix", _goal_renamed)
        leaving.forget_by("mix", _site_forget)


def _goal_renamed(site: int, was: str, now: str) -> None:
    """Models and tests of a goal are compared by its name, so all of them follow it."""
    from zoco.mix.models import ChannelTest, MediaMix, RegionalTest

    for model in (ChannelTest, MediaMix, RegionalTest):
        model.objects.filter(site=site, goal=was).update(goal=now)


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was made of a site's facts; what does it is imported when there is some."""
    from zoco.mix.leaving import site_forget

    site_forget(site, until)
