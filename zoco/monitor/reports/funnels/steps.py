"""Funnels: how many come to each step, how many stop before it, and how long it takes them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.asking import along
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import (
    REPORTS,
    Choices,
    Dimension,
    Measure,
    Missing,
    Parameter,
    Params,
    Report,
)
from zoco.monitor.reports import words
from zoco.monitor.reports.crossed import COLUMNS, dimension_of
from zoco.monitor.reports.funnels.chains import Funnel, everybody, newest
from zoco.monitor.reports.funnels.drawn import funnel_named, funnels_of, missing_of
from zoco.stats.proportions import wilson

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

# What is told of a fact whatever it is: a page has a title, an order has none.
LEFT_OUT = ("host", "path", "title", "referrer_host")
PARTS = {name: each.label for name, each in COLUMNS.items() if name not in LEFT_OUT}
NOTHING = ("", pgettext_lazy("funnel", "nothing"))
STEP = Dimension("step", pgettext_lazy("funnel", "Step"))


COUNTED = _(
    "Counted is everybody who took the first step in the period and fits the filters there: a known "
    "person once whatever the browser, else a browser. Whoever did not consent is known again only until "
    "midnight, so a way over several days is seen of the others alone. A step counts if it comes later "
    "than the one before, and as soon after it as the funnel wants; steps after the period count as "
    "well. Whoever went several times counts by the way that came furthest, the first of those. "
    "The share of the step before is shown with the bounds within which the true share lies with 95% "
    "confidence, if people decide independently of each other. Whoever may still come to the next step, "
    "for time is not up yet, is not among those who stopped. The time is the median, over those who came "
    "to a step, of the shortest way from the first step."
)
BROUGHT = _(
    "Revenue is what all facts brought with which people came to the step in time, less refunds of the "
    "same thing, such as an order of the same number."
)


@REPORTS.plug
class FunnelSteps(Report):
    """One row a step; with `by` one for each step and value of a column."""

    key = "funnel"
    label = _("Funnel")
    question = _("How far do people come on the way to a goal, and where do they stop?")
    definition = format_lazy("{} {}", COUNTED, BROUGHT)
    method = words.WILSON
    uncertainty = words.SCORE
    picture = "steps"
    dimensions = (STEP,)
    measures = (
        Measure(
            "people",
            pgettext_lazy("funnel", "People"),
            formula=_("number of those who came at least to this step"),
        ),
        Measure(
            "of_first",
            _("Of the first step"),
            "percent",
            may_lack=True,
            formula=_("people of the step ÷ people of the first step"),
        ),
        Measure(
            "rate",
            _("Of the step before"),
            "percent",
            may_lack=True,
            formula=_("people of the step ÷ people of the step before"),
        ),
        words.RATE_LOW,
        words.RATE_HIGH,
        Measure(
            "stopped",
            _("Stopped here"),
            formula=_("number of those who came to this step and no further, for whom time is up"),
        ),
        Measure(
            "not_yet",
            _("Not yet"),
            formula=_("number of those who came to this step and no further, and still may in time"),
        ),
        Measure(
            "spent",
            _("Time from the first step"),
            "seconds",
            may_lack=True,
            formula=_("median of the times from the first step to this one"),
        ),
        words.REVENUE,
    )
    parameters = (
        Parameter("funnel", _("Funnel"), ""),
        Parameter(
            "by",
            pgettext_lazy("funnel", "Parted by"),
            "",
            (("", pgettext_lazy("funnel", "nothing")), *PARTS.items()),
        ),
    )
    order = "step"
    counts = "rows"
    position = 16

    def given(self, site: SiteInfo, params: Params) -> Funnel | None:
        """Return the funnel that is asked for. Raises ParameterWrong for one that is not there."""
        return funnel_named(site, params)

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the funnels of the site."""
        return {"funnel": funnels_of(site)}

    def turned(self, params: Params) -> Report:
        """Return the report with a column more where somebody asks by what."""
        return _by(str(params["by"])) if params["by"] else self

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that the site has no funnels yet, or not even goals of which to draw one."""
        return missing_of(site)

    def query(self, facts: Facts, params: Params) -> Table:
        part = str(params["by"])
        if not facts.given:
            return _none(facts, self.turned(params))
        each = everybody(facts, facts.given, part).cross_join(newest(facts))
        found = _counted(each, facts.given, ["part"] if part else [])
        return found.rename({part: "part"} if part else {})


def _counted(each: Table, funnel: Funnel, parts: list[str]) -> Table:
    """Return one row for each step and part with its figures."""
    numbers = range(1, len(funnel.steps) + 1)
    is_open = each.newest - each.last < funnel.within_seconds * 1_000_000
    rows = each.mutate(is_open=is_open, at=expr.each_of([expr.whole(n) for n in numbers]))
    here, is_last = rows.came == rows["at"], rows["at"] == numbers[-1]
    lasted = along.numbered(rows["at"], [rows[f"lasted_{n}"] for n in numbers])
    brought = along.numbered(rows["at"], [rows[f"brought_{n}"] for n in numbers])
    steps = rows.mutate(
        is_come=expr.ones(rows.came >= rows["at"]),
        stays=expr.ones(here & ~is_last & ~rows.is_open),
        brought=brought.cast("decimal(18,4)"),
        waits=expr.ones(here & ~is_last & rows.is_open),
        lasted=expr.only_if((rows.came >= rows["at"]) & (rows["at"] > 1), lasted.cast("float64")),
    )
    summed = steps.group_by("at", *parts).aggregate(
        people=steps.is_come.sum(),
        stopped=steps.stays.sum(),
        not_yet=steps.waits.sum(),
        spent=expr.quantile(steps.lasted, 0.5) / 1_000_000,
        revenue=steps.brought.sum(),
    )
    shared = _shared(summed, parts)
    return shared.mutate(step=_named(shared, funnel)).drop("at")


def _shared(summed: Table, parts: list[str]) -> Table:
    """Return the sums with what share of the first step and of the step before each is."""
    before = along.in_row_before(summed.people, summed, "at", *parts)
    first = along.of_group(summed.people.max(), summed, *parts)
    both = summed.mutate(__before=before.cast("float64").nullif(0), __first=first)
    low, high = wilson(both.people.cast("float64"), both["__before"])
    return both.mutate(
        of_first=expr.share(both.people, both["__first"]),
        rate=both.people / both["__before"],
        rate_low=low,
        rate_high=high,
    ).drop("__before", "__first")


def _named(rows: Table, funnel: Funnel) -> Value:
    names = [expr.text(f"{n}. {goal.name}") for n, goal in enumerate(funnel.steps, 1)]
    return along.numbered(rows["at"], names)


def _none(facts: Facts, report: Report) -> Table:
    """Return no rows, with the report's columns."""
    rows = facts.rows.filter(expr.never(facts.rows))
    texts = {each.name: expr.text("") for each in report.dimensions}
    whole = {each.name: expr.whole(0) for each in report.measures if each.unit == "count"}
    others = [each for each in report.measures if each.unit not in ("count", "money")]
    shares = {each.name: expr.whole(0) / 1.0 for each in others}
    money = {each.name: expr.money(0) for each in report.measures if each.unit == "money"}
    return rows.select(**texts, **whole, **shares, **money)


@cache
def _by(part: str) -> Report:
    """Return one report for a column: what is asked is kept by it."""
    made = copy(REPORTS.get(FunnelSteps.key))
    made.dimensions = (STEP, dimension_of(part))
    return made
