"""Regions that visits came from, where an operator's file of places tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Params, Report
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Regions(Report):
    """One row a region of a country; visits of which it is not known are left out."""

    key = "regions"
    label = _("Regions")
    question = _("In which regions and provinces are the people?")
    definition = words.PLACED_DEFINITION
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (
        Dimension("region", _("Region"), "text", "region"),
        Dimension("country", _("Country"), "country", "country"),
    )
    measures = words.SEEN
    order = "-visitors"
    imports = ("region", "visits")
    position = 102

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        return metrics.seen(views.filter(views.region != ""), "region", "country")
