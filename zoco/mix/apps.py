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
        """Let tests of channels go along when a site moves; look after fits that died; forget with sites."""
        from zoco.mix import periodic, portable  # noqa: F401 - both register
        from zoco.sites import leaving

        leaving.forget_by("mix", _site_forget)


def _site_forget(site: int, until: datetime) -> None:
    """Forget what was made of a site's facts; what does it is imported when there is some."""
    from zoco.mix.leaving import site_forget

    site_forget(site, until)
