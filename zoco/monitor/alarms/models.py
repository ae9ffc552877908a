"""Alarms that people set, the incidents that they opened, and what is still to be told of them."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.kit import http
from zoco.ledger.asking.within import WithinManager, within
from zoco.monitor.alarms.others.kinds import BOUNDED
from zoco.monitor.alarms.usual import KINDS
from zoco.monitor.alarms.watched import EVENT, FUNNEL, GOAL, MEASURES, step_named

SECRET_BYTES = 24


def new_secret() -> str:
    """Return the key with which a web hook is signed."""
    return secrets.token_hex(SECRET_BYTES)


class Alarm(models.Model):
    """What is watched on a site. `known` says what can be known: "" all is well watched, else why not.

    `before` is how often each care would have raised it in the weeks before, see `before.working`.
    """

    class Care(models.TextChoices):
        """How readily it is raised."""

        CALM = "calm", _("Calm: only what is large and certain")
        USUAL = "usual", pgettext_lazy("alarm", "Usual")
        KEEN = "keen", _("Keen: also smaller changes, more false alarms")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    kind = models.CharField(_("raised when"), max_length=12, choices=[(k, v.label) for k, v in KINDS.items()])
    measure = models.CharField(
        _("figure"),
        max_length=140,
        default="visits",
        blank=True,
        help_text=_(
            "What falls or rises: visits, page_views, orders, revenue, not_found, failures, bots, spam, "
            "event: and the name of a fact, or goal: and the name of a goal."
        ),
    )
    segment = models.ForeignKey(
        "zoco_monitor.Segment",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("segment"),
        help_text=_("Only what fits its filters is watched. None: the whole site."),
    )
    segment_name = models.CharField(max_length=80, blank=True, editable=False)
    minutes = models.PositiveIntegerField(
        _("minutes without facts"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(10_080)],
        help_text=_("At least so long; at night longer, until silence can be no chance."),
    )
    bound = models.DecimalField(
        pgettext_lazy("alarm", "bound"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_(
            "Of campaigns: the least revenue for each unit spent, the most that a visitor who converts may "
            "cost, or how much may be spent without a conversion; in the site's currency. A campaign's own "
            "bound goes before it. Left empty, only campaigns with a bound of their own are held to one."
        ),
    )
    care = models.CharField(_("how readily"), max_length=8, choices=Care.choices, default=Care.USUAL)
    is_on = models.BooleanField(pgettext_lazy("alarm", "on"), default=True)
    roles = models.ManyToManyField(
        "auth.Group",
        blank=True,
        related_name="+",
        verbose_name=_("mail to"),
        help_text=_("Accounts of these roles get a mail, if they may see reports."),
    )
    hook_url = models.CharField(
        _("web hook"),
        max_length=500,
        blank=True,
        help_text=_("This address gets each incident as JSON by POST, signed with the key below."),
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
    known = models.CharField(max_length=200, blank=True, editable=False)
    before = models.JSONField(default=dict, editable=False)
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["site", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind", "measure"],
                condition=models.Q(segment_name=""),
                name="zoco_alarm_once",
            ),
            models.UniqueConstraint(
                fields=["site", "kind", "measure", "segment"], name="zoco_alarm_once_segment"
            ),
        ]

    def __str__(self) -> str:
        return str(KINDS[self.kind].label) if self.kind in KINDS else self.kind

    def save(self, *args: Any, **more: Any) -> None:
        """Save it with the name of its segment, by which it is known when that is deleted."""
        if self.segment is not None:
            self.segment_name = self.segment.name
        super().save(*args, **more)

    @property
    def has_lost_segment(self) -> bool:
        """Whether the segment that it is about was deleted."""
        return bool(self.segment_name) and self.segment_id is None

    def clean(self) -> None:
        """Hold the alarm to measures that there are. Raises ValidationError."""
        kind = KINDS.get(self.kind)
        is_given = kind is not None and bool(kind.measure)
        if kind is not None and is_given:
            self.measure = kind.measure
        name = self.measure
        has_name = any(name.startswith(prefix) and name != prefix for prefix in (EVENT, GOAL))
        if name not in MEASURES and not has_name and not is_given and not _is_step(name):
            there = ", ".join([*MEASURES, f"{EVENT}signup", f"{GOAL}Thanks", f"{FUNNEL}7:2"])
            raise ValidationError({"measure": _("Write one of: %(names)s.") % {"names": there}})
        self._segment_check(is_given)
        self.bound = self.bound if self.kind in BOUNDED else None
        if self.hook_url:
            try:
                http.address_check(self.hook_url)
            except http.AddressRefused as error:
                raise ValidationError({"hook_url": str(error)}) from error

    def _segment_check(self, is_given: bool) -> None:
        """Refuse a segment of another site, of a kind that has none, and the same alarm twice."""
        if self.segment is not None and self.segment.site_id != self.site_id:
            raise ValidationError({"segment": _("This segment belongs to another site.")})
        if self.segment is not None and is_given:
            words = _("This alarm is about the whole site. Take no segment, or let something fall or rise.")
            raise ValidationError({"segment": words})
        if self.has_lost_segment:
            return
        same = Alarm.objects.filter(
            site=self.site_id, kind=self.kind, measure=self.measure, segment=self.segment_id
        )
        if self.segment_id is None:
            same = same.filter(segment_name="")
        if same.exclude(pk=self.pk).exists():
            raise ValidationError(_("The site has this alarm already; change that one."))


def _is_step(name: str) -> bool:
    try:
        step_named(name)
    except KeyError:
        return False
    return name.startswith(FUNNEL)


class Incident(models.Model):
    """Something that an alarm found. One at most is open for each alarm; `open_key` is empty when closed."""

    class Mark(models.TextChoices):
        """What a person said of it."""

        NONE = "", _("not marked")
        REAL = "real", _("real")
        FALSE = "false", _("false alarm")

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="incidents")
    open_key = models.CharField(max_length=40, null=True, unique=True)  # noqa: DJ001 - null is not unique
    began_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    found = models.JSONField()
    picture = models.JSONField(default=dict)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    mark = models.CharField(max_length=8, choices=Mark.choices, default=Mark.NONE, blank=True)

    objects = within("alarm__site")

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        default_permissions = ("view", "change")
        ordering = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return f"{self.alarm} {self.opened_at:%Y-%m-%d %H:%M}"


class Telling(models.Model):
    """Something still to be told, or told: written with the incident, so that neither is there alone."""

    class Way(models.TextChoices):
        """By which way."""

        MAIL = "mail", _("mail")
        HOOK = "hook", _("web hook")

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="tellings")
    event = models.CharField(max_length=8)
    way = models.CharField(max_length=8, choices=Way.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    target = models.CharField(max_length=20, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_index=True)
    told_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)

    objects = within("incident__alarm__site")

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "event", "way", "target"], name="zoco_telling_once"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.event}"
