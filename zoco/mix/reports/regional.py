"""Regions over time: what each region of a country did in each step, as tests in regions compare it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr
from zoco.ledger.asking.filters import of_goals_chosen
from zoco.ledger.asking.worth import acts
from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, REPORTS, Dimension, Measure, Params, Report

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Regional(Report):
    """One row a step of time and region in which there was anything; where it is not known is left out."""

    key = "regional"
    label = _("Regions over time")
    question = _("What did each region bring in each day, week or month?")
    definition = _(
        "Conversions are facts that reach a goal of the site's definition of conversions, each once; revenue "
        "is what facts brought in the site's currency, less refunds, by the region that the fact came from "
        "and the step of the site's time zone in which it happened. What came from no known region is left "
        "out: an operator's file of places tells regions."
    )
    picture = "bars"
    dimensions = (
        Dimension("bucket", _("Time"), "bucket"),
        Dimension("region", _("Region"), "text", "region"),
        Dimension("country", _("Country"), "country", "country"),
    )
    measures = (
        Measure(
            "conversions",
            _("Conversions"),
            adds_up=True,
            formula=_("number of facts that reach a goal of the definition of conversions"),
        ),
        Measure(
            "revenue",
            _("Revenue"),
            "money",
            adds_up=True,
            formula=_("sum of what facts brought, in the site's currency"),
        ),
    )
    parameters = (GRAIN,)
    order = "-revenue"
    uses_conversions = True
    position = 103

    def query(self, facts: Facts, params: Params) -> Table:
        chosen = of_goals_chosen(facts)
        rows = acts(chosen, "region", "country", grain=cast("Grain", params["grain"]))
        known = rows.filter(rows.region != "")
        found = known.group_by("bucket", "region", "country").aggregate(
            conversions=known.conversions.sum(), revenue=known.revenue.sum()
        )
        is_some = (found.conversions != 0) | (found.revenue != 0)
        return found.filter(is_some).mutate(conversions=found.conversions if chosen.goals else expr.unknown())
