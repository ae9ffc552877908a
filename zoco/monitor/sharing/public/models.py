"""Public dashboards: a shared link whose address is the site's short name. No row: nothing is public."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zoco.ledger.asking.within import WithinManager


class PublicBoard(models.Model):
    """What of a site everybody may see. `link` says what, as of any shared link; its token is thrown away."""

    site = models.OneToOneField("zoco_sites.Site", models.CASCADE, primary_key=True, related_name="+")
    link = models.OneToOneField("zoco_monitor.SharedLink", models.CASCADE, related_name="public")
    may_index = models.BooleanField(
        _("search engines may list it"),
        default=False,
        help_text=_("Only the first page of it; the others are never listed."),
    )
    may_embed = models.BooleanField(
        _("other pages may show it in a frame"),
        default=False,
        help_text=_("Any website may then show it as a part of its own pages."),
    )

    objects = WithinManager()

    class Meta:
        app_label = "zoco_monitor"
        default_permissions = ()
        verbose_name = _("public dashboard")
        verbose_name_plural = _("public dashboards")
        ordering = ["site"]

    def __str__(self) -> str:
        return str(self.site)
