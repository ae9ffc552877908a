"""Media mix models that were asked for, with what came of them; and tests of channels."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager, within
from zoco.sites.runs import BackgroundRun

AMOUNT_MOST = 10**12


def _positive(value: float) -> None:
    if not 0 < value <= AMOUNT_MOST:
        raise ValidationError(_("Write a number above 0."))


def _finite(value: float) -> None:
    if not -AMOUNT_MOST <= value <= AMOUNT_MOST:
        raise ValidationError(_("Write a number of at most twelve digits."))


class Work(BackgroundRun):
    """Something that is worked out in the background, and what came of it. It is never changed afterwards."""

    class State(models.TextChoices):
        """How far it is."""

        WORKING = "working", pgettext_lazy("media mix", "Being worked out")
        DONE = "done", pgettext_lazy("media mix", "Worked out")
        REFUSED = "refused", pgettext_lazy("media mix", "Cannot be told")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    goal = models.CharField(_("what it explains"), max_length=200, blank=True)
    is_revenue = models.BooleanField(default=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    first_on = models.DateField()
    weeks_count = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WORKING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=1)
    said = models.CharField(max_length=500, blank=True)
    said_places = models.JSONField(default=dict)
    weeks = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.first_on} – {self.last_on}"

    @property
    def last_on(self) -> date:
        """The last day, a Sunday."""
        return self.first_on + timedelta(days=7 * self.weeks_count - 1)


class MediaMix(Work):
    """One fit: what was asked, which weeks it stands on, and what it says.

    `first_on` is a Monday; `weeks` and `result` are as `weeks.Weeks` and `telling` write them. `country` is
    whose public holidays are in the model. `controls` are keys as `controls.series` knows them. With newer
    data there is a new fit.
    """

    class Saturation(models.TextChoices):
        """The curve by which more money brings less and less."""

        HILL = "hill", _("Hill")
        LOGISTIC = "logistic", _("Logistic")

    class Grain(models.TextChoices):
        """How long a period of the model is."""

        WEEK = "week", pgettext_lazy("grain", "Weeks")
        DAY = "day", pgettext_lazy("grain", "Days")

    grain = models.CharField(max_length=4, choices=Grain.choices, default=Grain.WEEK)
    controls = models.JSONField(default=list)
    saturation = models.CharField(
        _("saturation"), max_length=8, choices=Saturation.choices, default=Saturation.HILL
    )

    objects = WithinManager()

    class Meta(Work.Meta):
        abstract = False
        verbose_name = _("media mix model")
        verbose_name_plural = _("media mix models")

    @property
    def has_draws(self) -> bool:
        """Whether draws may be kept of it: it came to an end, and no test contradicts it."""
        return self.state == Work.State.DONE and not self.result.get("is_contradicted", True)


class MixDraws(models.Model):
    """Draws from the posterior of a fit, as `draws.table_of` makes them. Apart from it: pages need none."""

    mix = models.OneToOneField(MediaMix, models.CASCADE, primary_key=True, related_name="draws")
    parquet = models.BinaryField()

    objects = within("mix__site")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class RegionalTest(Work):
    """A test of a channel in some regions of a country: planned over the past, or measured.

    `first_on`, a Monday, and `weeks_count` are of the test; of a plan, which has no regions yet, of the past
    that it looks at, and `length` says how many weeks the test would take. `before_count` weeks before a
    test show which regions are alike. `change` is money more in all of the test, or less.
    """

    class Kind(models.TextChoices):
        """What is worked out."""

        PLAN = "plan", pgettext_lazy("regional test", "Plan")
        TEST = "test", pgettext_lazy("regional test", "Measurement")

    kind = models.CharField(max_length=4, choices=Kind.choices)
    channel = models.CharField(_("channel"), max_length=100, blank=True)
    regions = models.JSONField(default=list)
    length = models.PositiveSmallIntegerField(default=0)
    before_count = models.PositiveSmallIntegerField(default=0)
    change = models.FloatField(_("change of spending"), null=True, blank=True, validators=[_finite])

    objects = WithinManager()

    class Meta(Work.Meta):
        abstract = False
        verbose_name = _("test in regions")
        verbose_name_plural = _("tests in regions")


class ChannelTest(models.Model):
    """A test of one channel: its spending was changed on purpose, and what came of it was measured.

    `change` is money more (or less, below 0) over the days in all of the site; `effect` is how much the sum
    of outcomes was higher for it, with its standard error `error`. `goals` are those that were conversions
    when it was written down; None where nobody knows them, or no conversions of several goals were measured.
    """

    site = models.ForeignKey(
        "zoco_sites.Site", models.CASCADE, related_name="channel_tests", verbose_name=_("site")
    )
    channel = models.CharField(_("channel"), max_length=100)
    goal = models.CharField(_("what was measured"), max_length=200, blank=True)
    is_revenue = models.BooleanField(default=True)
    goals = models.JSONField(null=True, default=None)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    change = models.FloatField(_("change of spending"), validators=[_finite])
    effect = models.FloatField(_("effect"), validators=[_finite])
    error = models.FloatField(_("standard error of the effect"), validators=[_positive])
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("test of a channel")
        verbose_name_plural = _("tests of channels")
        ordering = ["-last_on", "-id"]

    def __str__(self) -> str:
        return f"{self.channel}, {self.first_on} – {self.last_on}"

    @property
    def is_of_all_goals(self) -> bool:
        """Whether it measured conversions, whichever goals these were then."""
        return not self.is_revenue and not self.goal

    def counts_by(self, goals: list[str]) -> bool:
        """Whether these goals are what it counted, where that matters; what nobody knows never is."""
        return not self.is_of_all_goals or (self.goals is not None and {*self.goals} == {*goals})


class Control(models.Model):
    """Something besides money that may move outcomes, by day: a price, the weather, what was out of stock."""

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=100)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = WithinManager()

    class Meta:
        verbose_name = pgettext_lazy("media mix", "control")
        verbose_name_plural = pgettext_lazy("media mix", "controls")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="zoco_mix_control_once")]

    def __str__(self) -> str:
        return self.name


class ControlDay(models.Model):
    """What a control was on a day."""

    control = models.ForeignKey(Control, models.CASCADE, related_name="days")
    on = models.DateField()
    value = models.FloatField()

    objects = within("control__site")

    class Meta:
        default_permissions = ()
        ordering = ["on", "id"]
        constraints = [models.UniqueConstraint(fields=["control", "on"], name="zoco_mix_control_day_once")]

    def __str__(self) -> str:
        return f"{self.control_id} {self.on}"
