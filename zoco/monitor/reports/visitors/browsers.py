"""Browsers by family."""

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
class Browsers(Report):
    """One row a browser."""

    key = "browsers"
    label = _("Browsers")
    question = _("With which browsers do people come?")
    definition = words.SEEN_DEFINITION
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("browser", _("Browser"), "text", "browser"),)
    measures = words.SEEN
    order = "-visitors"
    imports = ("browser", "visits")
    position = 130

    def query(self, facts: Facts, params: Params) -> Table:
        return metrics.seen(facts.page_views, "browser")
