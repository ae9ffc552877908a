"""Schedules, and each sending of theirs: reserved before anything leaves, so that an hour is sent once."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.kit import http
from zoco.ledger.asking.within import WithinManager, within
from zoco.monitor.alarms.models import new_secret
from zoco.monitor.schedules.slots import Timing


class Schedule(models.Model):
    """Which report or overview, about what, when, to whom. `asked` are parameters and order of the report."""

    class Kind(models.TextChoices):
        """What is sent."""

        REPORT = "report", _("report")
        OVERVIEW = "overview", _("overview")

    class Period(models.TextChoices):
        """Which whole days, counted from the day on which it is sent."""

        YESTERDAY = "yesterday", _("Yesterday")
        WEEK = "week", _("Last week")
        MONTH = "month", _("Last month")
        DAYS_30 = "30d", _("Last 30 days")

    class Compare(models.TextChoices):
        """Compared with which period."""

        BEFORE = "before", _("Period before")
        YEAR = "year", _("Year before")
        NONE = "none", pgettext_lazy("comparison", "None")

    class Every(models.TextChoices):
        """How often."""

        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(
        pgettext_lazy("schedule", "name"), max_length=120, help_text=_("It begins the subject of the mail.")
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, editable=False)
    key = models.CharField(max_length=100, editable=False)
    filters = models.JSONField(default=dict, editable=False)
    verdicts = models.CharField(max_length=100, default="people", editable=False)
    asked = models.JSONField(default=dict, editable=False)
    segment = models.ForeignKey(
        "zoco_monitor.Segment",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("segment"),
        help_text=_("Its filters, as they are when the report is sent, in place of those above."),
    )
    segment_name = models.CharField(max_length=80, blank=True, editable=False)
    period = models.CharField(
        pgettext_lazy("schedule", "period"), max_length=10, choices=Period.choices, default=Period.WEEK
    )
    compare = models.CharField(
        _("compared with"), max_length=8, choices=Compare.choices, default=Compare.BEFORE
    )
    every = models.CharField(_("how often"), max_length=8, choices=Every.choices, default=Every.WEEK)
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), choices=list(WEEKDAYS.items()), default=0, help_text=_("For every week.")
    )
    month_day = models.PositiveSmallIntegerField(
        _("day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text=_("For every month: 1 to 28."),
    )
    hour = models.PositiveSmallIntegerField(
        _("hour"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        default=7,
        help_text=_("In the site's zone."),
    )
    receivers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("mail to"),
        help_text=_("Accounts that may see reports. Whoever may no longer gets nothing more."),
    )
    has_pdf = models.BooleanField(_("with a PDF"), default=True)
    hook_url = models.CharField(
        _("web hook"),
        max_length=500,
        blank=True,
        help_text=_(
            "This address gets the figures and first rows as JSON by POST, signed with the key below."
        ),
    )
    hook_secret = models.CharField(
        _("key of the web hook"),
        max_length=64,
        default=new_secret,
        help_text=_("Whoever receives checks the signature with it. Write another to change it."),
    )
    hook_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    is_on = models.BooleanField(pgettext_lazy("schedule", "on"), default=True, editable=False)
    next_at = models.DateTimeField(null=True, db_index=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        ordering = ["site", "name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def timing(self) -> Timing:
        """When it is due."""
        return Timing(self.every, self.weekday, self.month_day, self.hour, self.site.zone)

    def clean(self) -> None:
        """Refuse a segment of another site and a hook to inside. Raises ValidationError."""
        if self.segment is not None and self.segment.site_id != self.site_id:
            raise ValidationError({"segment": _("This segment belongs to another site.")})
        if self.hook_url:
            try:
                http.address_check(self.hook_url)
            except http.AddressRefused as error:
                raise ValidationError({"hook_url": str(error)}) from error


class Sending(models.Model):
    """One sending to one account or to the web hook.

    A mail is handed over at most once where nobody can know whether the server took it; a hook may be called
    again, under the same name.
    """

    class Way(models.TextChoices):
        """By which way."""

        MAIL = "mail", _("mail")
        HOOK = "hook", _("web hook")

    class State(models.TextChoices):
        """How far it is."""

        WAITS = "waits", _("waits")
        HANDED = "handed", _("is being handed over")
        SENT = "sent", pgettext_lazy("sending", "sent")
        FAILED = "failed", pgettext_lazy("sending", "not sent")
        UNKNOWN = "unknown", _("not known whether it arrived")

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="sendings")
    due_at = models.DateTimeField()
    way = models.CharField(max_length=8, choices=Way.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    target = models.CharField(max_length=20, blank=True)
    is_preview = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITS)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_index=True)
    done_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    objects = within("schedule__site")

    class Meta:
        default_permissions = ()
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at", "way", "target"], name="zoco_sending_once"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.due_at:%Y-%m-%d %H:%M}"
