"""Conversions over time: how many, whose, and what they brought, less what was given back of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, REPORTS, Measure, Missing, Params, Report
from zoco.monitor.reports import words
from zoco.monitor.reports.conversions.counted import by_visit, conversions
from zoco.monitor.reports.conversions.defined import Definition, definition_of

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

SUMS = ("conversions", "gross", "refunded", "revenue")


def goal_missing(site: SiteInfo) -> Missing | None:
    """Say that nothing of a site can be a conversion yet."""
    if definition_of(site).goals:
        return None
    return Missing(
        _("No conversions yet"),
        _(
            "Conversions are goals that are reached: an order, a sign-up, a page of thanks. Set one, and it "
            "is counted over all facts there are, also those of the past."
        ),
        _("Set a goal"),
        "zoco_goals:add",
    )


@REPORTS.plug
class Conversions(Report):
    """One row a step of time."""

    key = "conversions"
    label = _("Conversions")
    question = _("How often was reached what the site is for, and what did it bring after refunds?")
    definition = _(
        "A conversion is a fact of the period that reaches a goal of the site's definition of conversions, "
        "once whatever the goals that it reaches. A known person counts once however many browsers, if the "
        "definition says so, else each browser; of facts without either nobody knows whose they are. What "
        "one fact of a visit tells of whose it is holds for the whole visit, as in attribution. Refunds "
        "are negative facts about the same thing, such as an order of the same number, up to a year after "
        "the period; they are taken off from the conversion, on its day. Revenue is what is left, in the "
        "site's currency. Credits of attribution add up to the same sums."
    )
    picture = "curve"
    crowd = ("people",)
    dimensions = (words.BUCKET,)
    measures = (
        words.CONVERSIONS,
        Measure(
            "people",
            pgettext_lazy("funnel", "People"),
            formula=_("number of distinct people, or browsers, who converted"),
        ),
        Measure(
            "gross",
            _("Before refunds"),
            "money",
            adds_up=True,
            tells_of_few=True,
            formula=_("sum of what conversions brought, in the site's currency"),
        ),
        Measure(
            "refunded",
            _("Refunded"),
            "money",
            adds_up=True,
            tells_of_few=True,
            formula=_("sum of what was given back of them, negative"),
        ),
        words.REVENUE,
    )
    parameters = (GRAIN,)
    order = "bucket"
    counts = "rows"
    position = 14

    def given(self, site: SiteInfo, params: Params) -> Definition:
        """Return what counts as a conversion."""
        return definition_of(site)

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that there is no goal yet."""
        return goal_missing(site)

    def query(self, facts: Facts, params: Params) -> Table:
        rows = _conversions(facts)
        at = facts.bucket(rows.occurred_at, cast("Grain", params["grain"]))
        placed = rows.mutate(bucket=at)
        return _summed(placed.group_by("bucket"), placed)

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return the same of the whole period."""
        rows = _conversions(facts)
        each = _summed(rows, rows)
        return each.mutate(**{name: each[name].fill_null(0) for name in SUMS})


def _conversions(facts: Facts) -> Table:
    definition = cast("Definition", facts.given) or Definition(())
    return by_visit(conversions(facts, definition), facts, definition)


def _summed(grouped: Table, rows: Table) -> Table:
    gross, refunded = rows.gross.sum(), rows.refunded.sum()
    return grouped.aggregate(
        conversions=rows.count(),
        people=expr.uniques(rows.who),
        gross=gross,
        refunded=refunded,
        revenue=gross + refunded,
    )
