"""Languages that browsers ask for."""

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
class Languages(Report):
    """One row a language."""

    key = "languages"
    label = _("Languages")
    question = _("Which languages do people read?")
    definition = words.SEEN_DEFINITION
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("language", _("Language"), "language", "language"),)
    measures = words.SEEN
    order = "-visitors"
    imports = ("language", "visits")
    position = 110

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        return metrics.seen(views.filter(views.language != ""), "language")
