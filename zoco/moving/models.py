"""Sites that begin anew: one row for each time that an owner asked for it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.within import WithinManager


class SiteReset(models.Model):
    """Everything that happened until `asked_at` is erased. What is counted later stays."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    facts = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    said = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    told_at = models.DateTimeField()

    objects = WithinManager()

    class Meta:
        default_permissions = ()
        verbose_name = _("reset of a site")
        verbose_name_plural = _("resets of sites")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="zoco_moving_one_reset",
            )
        ]

    def __str__(self) -> str:
        return str(self.site)

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
