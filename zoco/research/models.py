"""Studies: what was worked out in the background, and what came of each person; and tables of contracts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager, within
from zoco.sites.runs import BackgroundRun

TABLES_MOST = 100
"""So many tables of contracts a site has at most."""


class Study(BackgroundRun):
    """One run. `wanted` is what somebody chose, `found` what came of it, without anybody's name.

    `until_at` is the moment up to which facts counted. `said` and `places` say what went wrong.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        VALUE = "value", _("Customer value")
        PERSONAS = "personas", _("Personas")

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    wanted = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    until_at = models.DateTimeField(default=timezone.now)
    places = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(default=timezone.now)

    objects = WithinManager()

    class Meta:
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="zoco_research_one_study",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class Outcome(models.Model):
    """What the last study of a site and kind found of a person.

    Of value: `alive` a probability; `purchases` and `value` expected, `low` and `high` of the value, in the
    site's currency. Of personas: the group, 0 the largest.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="outcomes")
    person = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    group = models.PositiveSmallIntegerField(null=True)
    alive = models.FloatField(null=True)
    purchases = models.FloatField(null=True)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)

    objects = within("study__site")

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["study", "person"], name="zoco_research_outcome_once")]

    def __str__(self) -> str:
        return f"{self.study_id} {self.person_id}"


class ContractTable(BackgroundRun):
    """How many customers under contract were left after each renewal, as somebody typed it.

    `groups` are `{"name", "counts"}`, the first count at the start. With `is_together` they are cohorts of
    the same kind, else kinds of customers of their own. `discount` is percent a year, `money` what a customer
    brings in each period that he pays for. `found` is what came of it, kind by kind, worked out in the
    background: the other columns from `state` on are of this run.
    """

    class State(models.TextChoices):
        """How far what it says is worked out. A new one, such as of a site that moved here, nobody queued."""

        NEW = "new", pgettext_lazy("table of contracts", "New")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    class Period(models.TextChoices):
        """How long a contract runs until it is renewed."""

        WEEK = "week", pgettext_lazy("contract", "A week")
        MONTH = "month", pgettext_lazy("contract", "A month")
        QUARTER = "quarter", pgettext_lazy("contract", "A quarter")
        YEAR = "year", pgettext_lazy("contract", "A year")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=100)
    period = models.CharField(
        _("a contract runs for"), max_length=7, choices=Period.choices, default=Period.YEAR
    )
    is_together = models.BooleanField(default=False)
    discount = models.FloatField(_("discount a year, %"), default=10.0)
    money = models.FloatField(_("what a customer brings in each period"), null=True, blank=True)
    groups = models.JSONField(default=list)
    found = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    places = models.JSONField(default=dict)
    told_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("table of contracts")
        verbose_name_plural = _("tables of contracts")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse one more than a site keeps, whether it was typed or comes with a site that moves here."""
        same = type(self)._default_manager.filter(site=self.site_id)
        if self._state.adding and same.count() >= TABLES_MOST:
            words = _(
                "This site has %(most)s tables of contracts, and more are not kept. Delete one that is of no "
                "use any more."
            )
            raise ValidationError(words % {"most": TABLES_MOST})

    @property
    def is_open(self) -> bool:
        """Whether what it says is still to be worked out, without anybody doing anything."""
        return self.state in (self.State.NEW, self.State.WAITING, self.State.RUNNING)
