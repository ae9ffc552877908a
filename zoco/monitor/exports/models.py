"""Exports: what is to leave by itself, runs, which days lie where and whom they hold, what is still owed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager, within
from zoco.sites.runs import BackgroundRun


class Format(models.TextChoices):
    """What the files are."""

    PARQUET = "parquet", "Parquet"
    CSV = "csv", _("CSV, packed as gzip")


class ExportPlan(models.Model):
    """Days of a site that leave by themselves when they are over."""

    class Every(models.TextChoices):
        """When."""

        DAY = "day", _("each day, when it is over")
        MONTH = "month", _("each month, when it is over")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    format = models.CharField(
        pgettext_lazy("file", "format"), max_length=8, choices=Format.choices, default=Format.PARQUET
    )
    every = models.CharField(_("how often"), max_length=5, choices=Every.choices, default=Every.DAY)
    since = models.DateField(
        _("from this day on"),
        default=timezone.localdate,
        help_text=_("Name an earlier day, and all days since then are written too."),
    )
    is_on = models.BooleanField(pgettext_lazy("plan", "on"), default=True)
    looked_on = models.DateField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    said = models.CharField(max_length=300, blank=True, editable=False)

    objects = WithinManager()

    class Meta:
        verbose_name = _("scheduled export")
        verbose_name_plural = _("scheduled exports")
        ordering = ["site", "id"]
        constraints = [models.UniqueConstraint(fields=["site", "format"], name="zoco_export_plan_once")]

    def __str__(self) -> str:
        return f"{self.site} {self.get_format_display()}"


class ExportRun(BackgroundRun):
    """Days of a site being written, one after the other; a day that is there as it is now is skipped."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    plan = models.ForeignKey(ExportPlan, models.SET_NULL, null=True, related_name="runs")
    format = models.CharField(max_length=8, choices=Format.choices)
    target = models.CharField(max_length=500, blank=True)
    first_on = models.DateField()
    last_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(default=timezone.now)
    machine = models.CharField(max_length=32, blank=True)

    objects = WithinManager()

    class Meta:
        verbose_name = pgettext_lazy("noun", "export")
        verbose_name_plural = pgettext_lazy("noun", "exports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "format"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="zoco_export_one_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.first_on}..{self.last_on}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class ExportDay(models.Model):
    """A day of a site in a target: its files, and the keyed hashes of those whose facts they hold.

    `site` is no foreign key: files outlive a site until they are deleted. `made_at` is empty while the day
    is being written: then it may hold anybody. `stamp` tells what the ledger held when it was written.
    """

    site = models.BigIntegerField()
    day = models.DateField()
    format = models.CharField(max_length=8, choices=Format.choices)
    target = models.CharField(max_length=500, blank=True)
    files = models.JSONField(default=list)
    rows = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    stamp = models.CharField(max_length=80, blank=True)
    marks = models.BinaryField(default=bytes)
    made_at = models.DateTimeField(null=True)

    objects = WithinManager()

    class Meta:
        default_permissions = ()
        ordering = ["site", "day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["target", "site", "day", "format"], name="zoco_export_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.day} {self.format}"


class ExportDuty(models.Model):
    """Somebody, or a whole day, is still to be taken out of files. It stays until that is done."""

    day = models.ForeignKey(ExportDay, models.CASCADE, related_name="duties")
    is_whole = models.BooleanField(default=False)
    marks = models.BinaryField(default=bytes)
    until = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=300, blank=True)

    objects = within("day__site")

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.day)
