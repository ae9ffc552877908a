"""Funnels that somebody drew: names of goals in order, and how long the way may take.

A step is named, not linked: a goal that is deleted leaves the funnel saying which one it misses.
"""

from collections.abc import Container

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.ledger.asking import goals
from zoco.ledger.asking.within import WithinManager
from zoco.ledger.report import ParameterWrong
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
    return tuple((str(each.pk), each.name) for each in _in_order(site, _known(site)))


def funnel_kept(site: int, chosen: str) -> Funnel | None:
    """Return a funnel of a site by its key as it is kept, the first of `funnels_of` for "", None for none."""
    return _chosen(site, chosen, _known(site))


def funnel_of(site: int, chosen: str) -> chains.Funnel | None:
    """Return the same as reports count it. Raises ParameterWrong for one whose goals are gone."""
    known = _known(site)
    kept = _chosen(site, chosen, known)
    if kept is None:
        return None
    if gone := _gone(kept, known):
        words = gettext_noop("The funnel “%(name)s” goes by the goal “%(goal)s”, which is gone; change it.")
        raise ParameterWrong(words, name=kept.name, goal=gone[0])
    steps = tuple(known[name.casefold()] for name in kept.steps)
    return chains.Funnel(kept.name, steps, kept.within_seconds, kept.is_each, kept.is_strict)


def _known(site: int) -> dict[str, goals.Goal]:
    """Return the goals of a site that a funnel may go by, by name."""
    return {each.name.casefold(): each for each in goals.goals_of_facts(site)}


def _chosen(site: int, chosen: str, known: Container[str]) -> Funnel | None:
    return next((each for each in _in_order(site, known) if chosen in ("", str(each.pk))), None)


def _gone(kept: Funnel, known: Container[str]) -> list[str]:
    return [name for name in kept.steps if name.casefold() not in known]


def _in_order(site: int, known: Container[str]) -> list[Funnel]:
    """Return the funnels of a site by name; one whose goals are gone hides none that can be counted."""
    found = Funnel.objects.filter(site=site).order_by("name", "id")
    return sorted(found, key=lambda each: bool(_gone(each, known)))


def funnels_follow(*, site: int, was: str, now: str) -> None:
    """Let the funnels of a site, by its key, go on by a goal that gets another name."""
    for funnel in Funnel.objects.select_for_update().filter(site=site):
        steps = [now if name.casefold() == was.casefold() else name for name in funnel.steps]
        if steps != funnel.steps:
            funnel.steps = steps
            funnel.save(update_fields=["steps"])
