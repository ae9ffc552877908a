"""Countries that visits came from."""

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
class Countries(Report):
    """One row a country; empty where it is not known."""

    key = "countries"
    label = _("Countries")
    question = _("In which countries are the people?")
    definition = words.SEEN_DEFINITION
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("country", _("Country"), "country", "country"),)
    measures = words.SEEN
    order = "-visitors"
    imports = ("country", "visits")
    position = 100

    def query(self, facts: Facts, params: Params) -> Table:
        return metrics.seen(facts.page_views, "country")
