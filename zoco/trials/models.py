"""Trials with what was set before they began and what came of them, and runs that work out their figures."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager, within
from zoco.sites.runs import BackgroundRun
from zoco.trials.assigning import Arm
from zoco.trials.choices import Deals, Decides, Strata, Unit, Withholds
from zoco.trials.designs import ArmPlan, Metric, arms_read, metrics_read
from zoco.trials.shares import SharesSet, batch_at, shares_read

UNITS_MOST = 1_000_000_000


class Trial(models.Model):
    """An experiment on a site. What makes its figures is frozen when it begins (`zoco.trials.services`)."""

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", _("Draft")
        RUNNING = "running", pgettext_lazy("trial", "Running")
        STOPPED = "stopped", pgettext_lazy("trial", "Stopped")
        FINISHED = "finished", pgettext_lazy("trial", "Finished")
        ARCHIVED = "archived", _("Archived")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(pgettext_lazy("trial", "name"), max_length=80)
    key = models.CharField(
        _("key"),
        max_length=40,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_.-]{0,39}\Z")],
        help_text=_("What pages and programs call it: small letters, digits, hyphens. It stays."),
    )
    hypothesis = models.TextField(
        _("hypothesis"),
        max_length=2_000,
        help_text=_("What you expect, of whom, and why. It is kept beside what came of it."),
    )
    unit = models.CharField(_("who is dealt"), max_length=8, choices=Unit.choices, default=Unit.VISITOR)
    share_percent = models.PositiveSmallIntegerField(
        _("share of the traffic, in percent"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    holdout_percent = models.PositiveSmallIntegerField(
        _("held out of all trials, in percent"),
        default=0,
        validators=[MaxValueValidator(50)],
        help_text=_(
            "The same ones in each trial of the site: while trials run they get the control of all of them."
        ),
    )
    layer = models.CharField(
        _("layer"),
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_.-]{0,39}\Z")],
        help_text=_("Nobody is in two trials of the same layer. Leave it empty if others do not matter."),
    )
    layer_from = models.PositiveSmallIntegerField(null=True, editable=False)
    arms = models.JSONField(_("arms"), default=list)
    metrics = models.JSONField(_("metrics"), default=list)
    decides = models.CharField(_("what decides"), max_length=5, choices=Decides.choices, default=Decides.LIVE)
    units_planned = models.PositiveIntegerField(
        _("planned number of units"),
        default=10_000,
        validators=[MinValueValidator(100), MaxValueValidator(UNITS_MOST)],
        help_text=_("Of all arms together; the planner says how many. Live figures are tightest there."),
    )
    days_least = models.PositiveSmallIntegerField(
        _("days at least"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("Before that no winner is named: weekdays differ."),
    )
    ends_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("It stops by itself when this day is over.")
    )
    is_public = models.BooleanField(
        _("pages may ask"),
        default=True,
        help_text=_("Pages and browsers are told the arm. Off, only programs with a key are."),
    )
    is_adjusted = models.BooleanField(
        _("adjust by what was before"),
        default=True,
        help_text=_("Less noise by the same metric in the 28 days before exposure (CUPED)."),
    )
    deals = models.CharField(
        _("how arms are dealt"),
        max_length=6,
        choices=Deals.choices,
        default=Deals.EVEN,
        help_text=_(
            "A bandit is for earning, not for learning: it says less about how much better an arm is."
        ),
    )
    batches = models.JSONField(default=list, editable=False)
    is_full = models.BooleanField(default=False, editable=False)
    """Whether a bandit that keeps units deals nobody new: it keeps as many as it may."""
    units_due = models.PositiveIntegerField(null=True, editable=False)
    """How many of those whom a bandit dealt are still to come from the archive in which it moved."""
    hash_site = models.PositiveBigIntegerField(null=True, editable=False)
    """By the number of which site units are dealt: that of the site where it was made, also when it moved."""
    strata = models.CharField(
        _("weigh arms by"),
        max_length=12,
        blank=True,
        choices=Strata.choices,
        default=Strata.NONE,
        help_text=_("Less noise where arms differ by chance in it (post-stratification)."),
    )
    withholds_by = models.CharField(
        _("what one arm does not get"),
        max_length=8,
        blank=True,
        choices=Withholds.choices,
        default=Withholds.NOTHING,
        help_text=_("Then what it brought stands beside the credits of attribution."),
    )
    withholds = models.CharField(
        _("its name"),
        max_length=120,
        blank=True,
        help_text=_("As visits bear it: the source, the channel, the code of the campaign."),
    )
    withheld_arm = models.CharField(_("key of the arm that does not get it"), max_length=40, blank=True)
    state = models.CharField(
        pgettext_lazy("trial", "state"),
        max_length=8,
        choices=State.choices,
        default=State.DRAFT,
        editable=False,
    )
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    outcome_arm = models.CharField(_("arm for everybody"), max_length=40, blank=True, editable=False)
    learnt = models.TextField(_("what was learnt"), max_length=4_000, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = pgettext_lazy("experiment", "trial")
        verbose_name_plural = pgettext_lazy("experiment", "trials")
        ordering = ["-id"]
        permissions = [("tell_trial", _("May tell who saw an arm of a trial"))]
        constraints = [
            models.UniqueConstraint(fields=["site", "key"], name="zoco_trials_one_of_a_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def arms_planned(self) -> tuple[ArmPlan, ...]:
        """The arms, the control first."""
        return arms_read(self.arms)

    @property
    def metrics_planned(self) -> tuple[Metric, ...]:
        """The metrics."""
        return metrics_read(self.metrics)

    def dealt_as(self, at: int | None) -> tuple[Arm, ...]:
        """Return the arms as they are dealt at a moment in UTC microseconds, which bandits need."""
        if self.is_bandit:
            return batch_at(self.batches_read, at).arms
        return tuple(Arm(each.key, each.weight) for each in self.arms_planned)

    @property
    def is_bandit(self) -> bool:
        """Whether shares of arms move."""
        return self.deals == Deals.BANDIT

    @property
    def keeps_units(self) -> bool:
        """Whether it is kept who was dealt on which day: of a bandit of whoever lives longer than one."""
        return self.is_bandit and self.unit != Unit.VISITOR

    @property
    def batches_read(self) -> tuple[SharesSet, ...]:
        """The shares of a bandit, oldest first."""
        return shares_read(self.batches)

    @property
    def control(self) -> str:
        """The key of the first arm."""
        return self.arms_planned[0].key

    @property
    def scope(self) -> str:
        """What its hashes are of: keys are of one site."""
        return f"{self.dealt_site}/{self.key}"

    @property
    def dealt_site(self) -> int:
        """The number of a site that goes into its hashes."""
        return self.hash_site or self.site_id

    @property
    def is_over(self) -> bool:
        """Whether it ran and does so no longer."""
        return self.ended_at is not None


class TrialRun(BackgroundRun):
    """Figures of a trial being worked out: metric by metric, each kept, so that what was cut off goes on."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()
    result = models.JSONField(default=dict)
    said_places = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField()

    objects = within("trial__site")

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["trial"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="zoco_trials_one_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} {self.until}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


from zoco.trials.asked.models import TrialQuestion  # noqa: E402, F401 - Django looks for models here
from zoco.trials.flags.models import Flag, FlagChange  # noqa: E402, F401
from zoco.trials.keeping.models import TrialUnit  # noqa: E402, F401
