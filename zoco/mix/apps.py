"""Media mix as a Django app."""

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
        """Let tests of channels go along when a site moves; look after fits that died."""
        from zoco.ledger.asking import goals
        from zoco.mix import periodic, portable  # noqa: F401 - both register

        goals.follow("mix", _goal_renamed)


def _goal_renamed(site: int, was: str, now: str) -> None:
    """Models and tests of a goal are compared by its name, so all of them follow it."""
    from zoco.mix.models import ChannelTest, MediaMix, RegionalTest

    for model in (ChannelTest, MediaMix, RegionalTest):
        model.objects.filter(site=site, goal=was).update(goal=now)
