"""What is kept of attribution: rules of what a conversion is, none of them ever changed, and runs."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager
from zoco.monitor.reports.conversions.defined import LOOKBACK_DAYS, LOOKBACK_MOST
from zoco.monitor.reports.conversions.touches import BY
from zoco.sites.runs import BackgroundRun


class ConversionRule(models.Model):
    """What counts as a conversion of a site, from a moment on: the latest one holds for all facts there are.

    `goals` are names; none: every goal but visits that last.
    """

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    goals = models.JSONField(pgettext_lazy("conversion", "goals"), default=list, blank=True)
    lookback_days = models.PositiveIntegerField(
        pgettext_lazy("conversion", "days back"),
        default=LOOKBACK_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(LOOKBACK_MOST)],
        help_text=_("For so many days before a conversion what people came by counts for it."),
    )
    is_by_person = models.BooleanField(
        _("by person"),
        default=True,
        help_text=_("A known person is one whatever the browser. Otherwise each browser stands for itself."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WithinManager()

    class Meta:
        app_label = "zoco_monitor"
        verbose_name = _("definition of conversions")
        verbose_name_plural = _("definitions of conversions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.site}, {self.lookback_days}"


class AttributionRun(BackgroundRun):
    """One counting of a period. `rule` says what it went by, `result` what came out (see `counting`)."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", pgettext_lazy("attribution", "Waiting")
        COUNTING = "counting", pgettext_lazy("attribution", "Being counted")
        DONE = "done", pgettext_lazy("attribution", "Counted")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    by = models.CharField(pgettext_lazy("attribution", "by"), max_length=20, choices=tuple(BY.items()))
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=500, blank=True)
    rule = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(auto_now=True)

    objects = WithinManager()

    class Meta:
        app_label = "zoco_monitor"
        verbose_name = pgettext_lazy("run", "attribution")
        verbose_name_plural = pgettext_lazy("runs", "attributions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.by} {self.first_on}..{self.last_on}"

    @property
    def is_open(self) -> bool:
        """Whether it is being worked on, or will be."""
        return self.state in (self.State.WAITING, self.State.COUNTING)
