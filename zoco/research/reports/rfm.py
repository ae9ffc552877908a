"""RFM: known customers by recency, frequency and money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.asking.worth import amount_of
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report

if TYPE_CHECKING:
    from zoco.ledger.expr import Table
    from zoco.ledger.scope import Facts


@REPORTS.plug
class RecencyFrequencyMoney(Report):
    """One row for each segment of those who bought in the period."""

    key = "rfm"
    area = "research"
    label = _("Customers by recency, frequency and money")
    question = _("Who buys often and of late, and who is about to be lost?")
    definition = _(
        "Known people with an order in the period of which something is left once refunds of the year after "
        "it are taken off; whoever is not known is not among them. Each gets a score from 1 to 5 for how "
        "late the last purchase was, how many there were and how much they came to: by fifths of these "
        "people, where equal values share the middle of their ranks. Recency and frequency name the segment; "
        "whoever bought once has a frequency of 1, whoever bought more often of 2 at least. The names are "
        "those of the trade, not a finding. Days since the last purchase are counted to the end of the "
        "period."
    )
    method = "Hughes (1994), Strategic Database Marketing; Kendall (1945), Biometrika 33, 239-251, on ties"
    picture = "bars"
    dimensions = (Dimension("rfm_segment", pgettext_lazy("rfm", "Segment")),)
    measures = (
        Measure(
            "people",
            pgettext_lazy("rfm", "People"),
            adds_up=True,
            formula=_("number of people in the segment"),
        ),
        Measure(
            "purchases",
            _("Purchases"),
            adds_up=True,
            tells_of_few=True,
            formula=_("number of their purchases"),
        ),
        Measure(
            "spent",
            pgettext_lazy("rfm", "Spent"),
            "money",
            adds_up=True,
            tells_of_few=True,
            formula=_("sum of what they spent, in the site's currency"),
        ),
        Measure("spent_each", _("Spent by each"), "money", tells_of_few=True, formula=_("spent ÷ people")),
        Measure(
            "since_days",
            _("Days since the last purchase"),
            "points",
            tells_of_few=True,
            formula=_("mean of the days since their last purchases"),
        ),
    )
    order = "-spent"
    counts = "rows"
    verdicts = ("human", "server")
    crowd = ("people",)
    position = 10

    def behind(self, facts: Facts) -> Table:
        """Return the orders and refunds of the period."""
        return facts.named("shop.order.placed", "shop.order.refunded")

    def query(self, facts: Facts, params: Params) -> Table:
        from zoco.research.scores.asking import scored_rows

        rows = scored_rows(facts)
        each = rows.group_by(rfm_segment=rows.segment).aggregate(
            people=rows.count(),
            purchases=rows.purchases.sum(),
            spent=rows.spent.sum(),
            since_days=rows.since_days.mean(),
        )
        by = amount_of(expr.share(each.spent, each.people))
        return each.mutate(spent_each=by, since_days=each.since_days.round(1)).select(*self.columns)
