"""Pages: which were looked at, by how many."""

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
class Pages(Report):
    """One row a path."""

    key = "pages"
    label = _("Pages")
    question = _("Which pages do people look at?")
    definition = words.of_days(
        _("Page views by path, and the distinct visitors who made them. Queries are not part of a path.")
    )
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("path", _("Page"), "path", "path"),)
    measures = (words.VISITORS, words.PAGE_VIEWS)
    order = "-visitors"
    imports = ("page", "page_views")
    position = 30

    def query(self, facts: Facts, params: Params) -> Table:
        return metrics.seen(facts.page_views, "path")
