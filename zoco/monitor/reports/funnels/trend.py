"""A funnel over time: of those who begin in a day, week or month, how many come to a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import (
    GRAIN,
    REPORTS,
    Choices,
    Measure,
    Missing,
    Parameter,
    ParameterWrong,
    Params,
    Report,
)
from zoco.monitor.reports import words
from zoco.monitor.reports.funnels.chains import STEPS_MOST, Funnel, each_time, everybody, newest
from zoco.monitor.reports.funnels.drawn import funnel_named, funnels_of, missing_of
from zoco.stats.proportions import wilson

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

LACK = _("nobody began, or some may still come")
COUNTS = ("people", "came", "not_yet")
SHARES = ("rate", "rate_low", "rate_high")


@REPORTS.plug
class FunnelTrend(Report):
    """One row a step of time: who began then, who came to a step, who may still come, and the share."""

    key = "funnel_trend"
    label = _("Funnel over time")
    question = _("Do more or fewer of those who begin come to a step of the funnel than before?")
    definition = _(
        "Each day, week or month is the funnel of just those who began in it: everybody who took the first "
        "step in it and fits the filters there counts in it once, and came if a way that began in it "
        "reached the chosen step in time, be it later. Who began on several days counts on each. The share "
        "is of all who began, or of those who came to the step before. It has no figure yet while anybody "
        "who began then may still come, for time is not up. The figures of the whole period are those of "
        "the report of the steps, where everybody counts once, and with those who may still come. The "
        "bounds are those within which the true share lies with 95% confidence, if people decide "
        "independently of each other."
    )
    method = words.WILSON
    uncertainty = words.SCORE
    picture = "curve"
    dimensions = (words.BUCKET,)
    measures = (
        replace(
            words.RATE,
            lack=LACK,
            formula=_("those who came to the step ÷ those who began, or came to the step before"),
        ),
        replace(words.RATE_LOW, lack=LACK),
        replace(words.RATE_HIGH, lack=LACK),
        Measure(
            "people",
            pgettext_lazy("funnel", "Of these people"),
            formula=_("number of those who began, or came to the step before"),
        ),
        Measure(
            "came",
            pgettext_lazy("funnel", "Came to the step"),
            formula=_("number of those who came to the step in time"),
        ),
        Measure(
            "not_yet", _("Not yet"), formula=_("number of those who did not come, and still may in time")
        ),
    )
    parameters = (
        Parameter("funnel", _("Funnel"), ""),
        Parameter(
            "step",
            pgettext_lazy("funnel", "Step"),
            "",
            (
                ("", pgettext_lazy("funnel", "the last")),
                *((f"{n}", f"{n}") for n in range(2, STEPS_MOST + 1)),
            ),
        ),
        Parameter(
            "of",
            pgettext_lazy("funnel", "Share"),
            "first",
            (
                ("first", pgettext_lazy("funnel", "of all who began")),
                ("before", pgettext_lazy("funnel", "of the step before")),
            ),
        ),
        Parameter("grain", GRAIN.label, "day", GRAIN.choices[1:]),
    )
    order = "bucket"
    counts = "rows"
    position = 17

    def given(self, site: SiteInfo, params: Params) -> Funnel | None:
        """Return the funnel that is asked for. Raises ParameterWrong."""
        found = funnel_named(site, params)
        if found is not None and _step(params, found) > len(found.steps):
            said = gettext_noop("The funnel %(name)s has only %(steps)s steps.")
            raise ParameterWrong(said, name=found.name, steps=len(found.steps))
        return found

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the funnels of the site."""
        return {"funnel": funnels_of(site)}

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that the site has no funnels yet."""
        return missing_of(site)

    def query(self, facts: Facts, params: Params) -> Table:
        funnel, grain = facts.given, cast("Grain", params["grain"])

        def begun(rows: Table) -> Value:
            return facts.bucket(rows.occurred_at, grain)

        if not funnel:
            return _none(facts, bucket=begun)
        each = each_time(facts, funnel, begun)
        told = _with_shares(_counted(each.rename(bucket="part"), facts, params, "bucket"))
        return told.mutate(**{name: expr.only_if(told.not_yet == 0, told[name]) for name in SHARES})

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return the same of the whole period, of which everybody counts once."""
        if not facts.given:
            return _none(facts)
        return _with_shares(_counted(everybody(facts, facts.given), facts, params))


def _step(params: Params, funnel: Funnel) -> int:
    return int(params["step"] or len(funnel.steps))


def _counted(each: Table, facts: Facts, params: Params, *by: str) -> Table:
    """Return people, came and not_yet, by columns or at all."""
    funnel, step = facts.given, _step(params, facts.given)
    told = each.cross_join(newest(facts))
    is_open = told.newest - told.last < funnel.within_seconds * 1_000_000
    marked = told.select(
        *by,
        people=expr.ones(told.came >= (step - 1 if params["of"] == "before" else 1)),
        came=expr.ones(told.came >= step),
        not_yet=expr.ones((told.came < step) & is_open),
    )
    grouped = marked.group_by(*by) if by else marked
    return grouped.aggregate(**{name: marked[name].sum() for name in COUNTS})


def _with_shares(rows: Table) -> Table:
    whole, came = rows.people.cast("float64").nullif(0), rows.came.cast("float64")
    low, high = wilson(came, whole)
    return rows.mutate(rate=came / whole, rate_low=low, rate_high=high)


def _none(facts: Facts, **first: Callable[[Table], Value]) -> Table:
    """Return no rows, with the report's columns."""
    none = facts.rows.filter(expr.never(facts.rows))
    shares = {name: expr.whole(0) / 1.0 for name in SHARES}
    return none.select(**first, **{name: expr.whole(0) for name in COUNTS}, **shares)
