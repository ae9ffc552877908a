"""Engagement: how long pages are really looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Engagement(Report):
    """One row a path."""

    key = "engagement"
    label = _("Engagement")
    question = _("Which pages hold people's attention?")
    definition = _(
        "Engagement is the time in which a page was visible and its window had the focus, as the tracker "
        "measured it, by page views of that page. Page views from a server's log have none."
    )
    picture = "bars"
    dimensions = (Dimension("path", _("Page"), "path", "path"),)
    measures = (
        words.PAGE_VIEWS,
        Measure(
            "engaged",
            _("Engagement per page view"),
            "seconds",
            formula=_("sum of times in which the page was visible and in focus ÷ its page views"),
        ),
    )
    order = "-page_views"
    position = 35

    def query(self, facts: Facts, params: Params) -> Table:
        both = facts.named(names.PAGE_VIEWED, names.PAGE_SERVED, names.PAGE_ENGAGED)
        each = both.group_by("path").aggregate(
            page_views=metrics.counted(both, facts.is_view(both)), spent=metrics.quantity(both)
        )
        seen = each.filter(each.page_views > 0)
        return seen.select(
            "path", "page_views", engaged=expr.share(seen.spent.nullif(0), seen.page_views * 1_000)
        )
