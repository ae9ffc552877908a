"""What monitoring keeps: goals; its other parts (`alarms`, `sharing` …) hold what is theirs."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.goals import PropCondition
from zoco.ledger.asking.within import WithinManager
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.annotations import Annotation
from zoco.monitor.attribution.models import AttributionRun, ConversionRule
from zoco.monitor.conditions import ConditionUnreadable, conditions_read, conditions_write
from zoco.monitor.exports.models import ExportDay, ExportDuty, ExportPlan, ExportRun
from zoco.monitor.funnels import Funnel
from zoco.monitor.imports.models import ImportRun
from zoco.monitor.schedules.models import Schedule, Sending
from zoco.monitor.segments import Segment
from zoco.monitor.sharing.models import SharedLink
from zoco.monitor.sharing.public.models import PublicBoard

__all__ = [
    "Alarm", "Annotation", "AttributionRun", "ConversionRule", "ExportDay", "ExportDuty", "ExportPlan",
    "ExportRun", "Funnel", "Goal", "ImportRun", "Incident", "PublicBoard", "Schedule", "Segment", "Sending",
    "SharedLink", "Telling",
]  # fmt: skip


# What each kind cannot be without: any one of these.
NEEDED: dict[str, tuple[str, ...]] = {
    "page": ("pattern",),
    "event": ("event",),
    "engagement": ("seconds", "views"),
}


GOALS_MOST = 200
"""Of a site: every report of conversions asks for all of them."""


class Goal(models.Model):
    """What a visit is meant to lead to; what its fields mean stands at `zoco.ledger.asking.goals.Goal`."""

    class Kind(models.TextChoices):
        """What reaches the goal."""

        PAGE = "page", _("A page is seen")
        EVENT = "event", _("An event happens")
        FORM = "form", _("A form is sent")
        REVENUE = "revenue", _("Money comes in")
        ENGAGEMENT = "engagement", _("A visit lasts")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(
        pgettext_lazy("goal", "name"), max_length=80, help_text=_("Reports and filters show it.")
    )
    kind = models.CharField(_("reached when"), max_length=12, choices=Kind.choices, default=Kind.PAGE)
    pattern = models.CharField(
        _("page"),
        max_length=500,
        blank=True,
        help_text=_("A path such as /thanks. * stands for anything but a slash, ** for anything: /blog/**."),
    )
    event = models.CharField(
        _("event or form"),
        max_length=120,
        blank=True,
        help_text=_(
            "The name that the page sends, or of a fact, such as shop.basket.added. Of a form its id; left "
            "empty, any form counts."
        ),
    )
    conditions = models.JSONField(_("properties"), default=list, blank=True)
    seconds = models.PositiveIntegerField(
        _("seconds at least"),
        default=0,
        validators=[MaxValueValidator(86_400)],
        help_text=_("How long pages are looked at in one visit."),
    )
    views = models.PositiveIntegerField(
        _("pages at least"),
        default=0,
        validators=[MaxValueValidator(100_000)],
        help_text=_("How many pages are seen in one visit."),
    )
    amount = models.DecimalField(
        _("amount at least"),
        max_digits=18,
        decimal_places=4,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10) ** 12)],
        help_text=_("In the site's currency. 0: any amount."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["site", "id"]
        constraints = [
            models.UniqueConstraint("site", Lower("name"), name="zoco_monitor_one_goal_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Hold the goal to what its kind needs. Raises ValidationError."""
        others = Goal.objects.filter(site=self.site_id, name__iexact=self.name).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError({"name": _("The site has a goal of this name already; choose another.")})
        if self.pk is None and Goal.objects.filter(site=self.site_id).count() >= GOALS_MOST:
            words = _("A site has at most %(most)s goals; delete one that is no longer needed.")
            raise ValidationError(words % {"most": GOALS_MOST})
        needed = NEEDED.get(self.kind, ())
        if needed and not any(getattr(self, name) for name in needed):
            raise ValidationError({needed[0]: _("This kind of goal needs it.")})
        if self.pattern and not self.pattern.startswith(("/", "*")):
            raise ValidationError({"pattern": _("A path begins with a slash: /thanks.")})
        try:
            conditions_read(conditions_write([PropCondition(*each) for each in self.conditions]))
        except ConditionUnreadable as error:
            raise ValidationError(str(error)) from error
