"""Sources: with which source and medium visits began."""

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
class Sources(Report):
    """One row for each source and medium."""

    key = "sources"
    label = _("Sources")
    question = _("From which sources do people come?")
    definition = words.TOUCH_DEFINITION
    picture = "bars"
    dimensions = (
        Dimension("source", _("Source"), "text", "source"),
        Dimension("medium", _("Medium"), "text", "medium"),
    )
    measures = words.BY_VISIT
    order = "-visitors"
    position = 80

    def query(self, facts: Facts, params: Params) -> Table:
        return metrics.by(facts.page_views, "source", "medium")
