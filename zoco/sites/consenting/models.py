"""What was done for visitors who asked: when, by whom, and how many facts; never who asked."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager


class VisitorRequest(models.Model):
    """One answer to a visitor. It is written to the log of changes by itself."""

    class What(models.TextChoices):
        """What was done."""

        LOOKED = "looked", pgettext_lazy("visitor's data", "looked up")
        EXPORTED = "exported", pgettext_lazy("visitor's data", "exported")
        ERASED = "erased", pgettext_lazy("visitor's data", "erased")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    what = models.CharField(_("what"), max_length=8, choices=What.choices)
    facts = models.PositiveIntegerField(_("facts"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    objects = WithinManager()

    class Meta:
        verbose_name = _("request of a visitor")
        default_permissions = ()
        permissions = [("answer_visitors", "Can answer visitors who ask for their data")]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return str(self.site)
