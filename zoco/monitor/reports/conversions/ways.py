"""Ways to conversions: which touches followed on each other, how often, and what that brought."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr
from zoco.ledger.expr import Table
from zoco.ledger.pictures.labels import ARROW
from zoco.ledger.report import REPORTS, Dimension, Measure, Missing, Parameter, Params, Report
from zoco.monitor.reports import words
from zoco.monitor.reports.conversions.defined import Definition, definition_of
from zoco.monitor.reports.conversions.orders import goal_missing
from zoco.monitor.reports.conversions.touches import BY, paths

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo


@REPORTS.plug
class ConversionPaths(Report):
    """One row a path."""

    key = "conversion-paths"
    label = _("Paths to conversions")
    question = _("By which ways do people come before they convert, and which ways lead nowhere?")
    definition = format_lazy(
        "{} {}",
        _(
            "A path is how visits began, in order, within the days before a conversion that the definition "
            "of conversions says; with letters, which links of letters were followed. It holds visits before "
            "an earlier conversion too. Paths that led nowhere are of those who did not convert after their "
            "last visit of the period, within so many days before that visit; some of them may still "
            "convert. The 36 most frequent values stand for themselves, all others are “…”. Revenue is less "
            "refunds. A conversion without a visit that is known has no path."
        ),
        _(
            "With posts and banners a touch is a fact about one that it was clicked, with coupons a payment "
            "that bears one or a fact about one."
        ),
    )
    dimensions = (Dimension("path", _("Path"), "channels"),)
    measures = (
        words.CONVERSIONS,
        words.REVENUE,
        Measure(
            "nowhere",
            _("Led nowhere"),
            adds_up=True,
            formula=_("number of paths after which nobody converted"),
        ),
        replace(words.RATE, formula=_("conversions ÷ (conversions + led nowhere)")),
    )
    parameters = (Parameter("by", _("Told apart by"), "channel", tuple(BY.items())),)
    order = "-conversions"
    counts = "rows"
    position = 17

    def given(self, site: SiteInfo, params: Params) -> Definition:
        """Return what counts as a conversion."""
        return definition_of(site)

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that there is no goal yet."""
        return goal_missing(site)

    def turned(self, params: Params) -> Report:
        """Return the report with paths of other values than channels."""
        return self if params["by"] == "channel" else _as_they_are()

    def query(self, facts: Facts, params: Params) -> Table:
        rows = paths(facts, facts.given or Definition(()), str(params["by"]))
        # Without a touch there is no text on one engine, and an empty one on the other.
        named = rows.path.join(ARROW).fill_null("").cast("!string")
        each = rows.mutate(path=named, times=rows.is_converted.ifelse(rows["count"], 0))
        found = each.group_by("path").aggregate(
            conversions=each.times.sum(),
            revenue=each.value.sum(),
            nowhere=each["count"].sum() - each.times.sum(),
        )
        return found.mutate(rate=expr.share(found.conversions, found.conversions + found.nowhere))


@cache
def _as_they_are() -> Report:
    """Return one report for everything but channels: what is asked is kept by it."""
    made = copy(REPORTS.get(ConversionPaths.key))
    made.dimensions = (Dimension("path", _("Path")),)
    return made
