"""Funnels that somebody drew: names of goals in order, and how long the way may take.

A step is named, not linked: a goal that is deleted leaves the funnel saying which one it misses.
"""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.ledger.asking import goals
from zoco.ledger.report import ParameterWrong
from zoco.ledger.within import WithinManager
from zoco.monitor.reports.funnels import chains

FUNNELS_MOST = 100
"""Of a site."""
DAY_SECONDS = 86_400
LONGEST_SECONDS = 366 * DAY_SECONDS


class Funnel(models.Model):
    """What its fields mean stands at `zoco.monitor.reports.funnels.chains.Funnel`."""

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(pgettext_lazy("funnel", "name"), max_length=80)
    steps = models.JSONField(pgettext_lazy("funnel", "steps"), default=list)
    within_seconds = models.PositiveIntegerField(
        pgettext_lazy("funnel", "within"),
        default=7 * DAY_SECONDS,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_SECONDS)],
    )
    is_each = models.BooleanField(
        _("for each step"),
        default=False,
        help_text=_("The time is that from each step to the next, instead of that of the whole way."),
    )
    is_strict = models.BooleanField(
        _("strict order"),
        default=False,
        help_text=_("Between two steps nobody takes another step of the funnel, nor the same again."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WithinManager()

    class Meta:
        app_label = "zoco_monitor"
        verbose_name = _("funnel")
        verbose_name_plural = _("funnels")
        ordering = ["site", "name", "id"]
        constraints = [
            models.UniqueConstraint("site", Lower("name"), name="zoco_monitor_one_funnel_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Hold it to what can be counted. Raises ValidationError."""
        others = Funnel.objects.filter(site=self.site_id).exclude(pk=self.pk)
        if others.filter(name__iexact=self.name).exists():
            raise ValidationError({"name": _("The site has a funnel of this name already; choose another.")})
        if self.pk is None and others.count() >= FUNNELS_MOST:
            words = _("A site has at most %(most)s funnels; delete one that is no longer needed.")
            raise ValidationError(words % {"most": FUNNELS_MOST})
        if not chains.STEPS_LEAST <= len(self.steps) <= chains.STEPS_MOST:
            words = _("A funnel has %(least)s to %(most)s steps.")
            raise ValidationError(words % {"least": chains.STEPS_LEAST, "most": chains.STEPS_MOST})


def funnels_of(site: int) -> tuple[tuple[str, str], ...]:
    """Return the funnels of a site by its key: the text by which reports choose one, and its name."""
    found = Funnel.objects.filter(site=site).order_by("name", "id").values_list("pk", "name")
    return tuple((str(pk), name) for pk, name in found)


def funnel_of(site: int, chosen: str) -> chains.Funnel | None:
    """Return a funnel of a site by its key, the first by name for "", None where there is none.

    Raises ParameterWrong for one whose goals are gone.
    """
    mine = Funnel.objects.filter(site=site).order_by("name", "id")
    if chosen and not chosen.isdecimal():
        return None
    kept = (mine.filter(pk=int(chosen[:18])) if chosen else mine).first()
    return None if kept is None else _read(kept)


def _read(kept: Funnel) -> chains.Funnel:
    known = {each.name.casefold(): each for each in goals.goals_of(kept.site_id) if each.kind != "engagement"}
    if missing := [name for name in kept.steps if name.casefold() not in known]:
        words = gettext_noop("The funnel “%(name)s” goes by the goal “%(goal)s”, which is gone; change it.")
        raise ParameterWrong(words, name=kept.name, goal=missing[0])
    steps = tuple(known[name.casefold()] for name in kept.steps)
    return chains.Funnel(kept.name, steps, kept.within_seconds, kept.is_each, kept.is_strict)


def funnels_follow(*, site: int, was: str, now: str) -> None:
    """Let the funnels of a site, by its key, go on by a goal that gets another name."""
    for funnel in Funnel.objects.select_for_update().filter(site=site):
        steps = [now if name.casefold() == was.casefold() else name for name in funnel.steps]
        if steps != funnel.steps:
            funnel.steps = steps
            funnel.save(update_fields=["steps"])
