"""Exit pages: where visits end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class ExitPages(Report):
    """One row a path with which sessions ended."""

    key = "exit-pages"
    label = _("Exit pages")
    question = _("From which pages do people leave?")
    definition = _(
        "The exit page is the path of a session's last page view in the period. The exit rate is "
        "exits by page views of that page. A session that is still going on counts with its last page "
        "view so far."
    )
    picture = "bars"
    dimensions = (Dimension("path", _("Page"), "path", "path"),)
    measures = (
        Measure(
            "exits", _("Exits"), adds_up=True, formula=_("number of visits of which this was the last page")
        ),
        Measure(
            "page_views", words.PAGE_VIEWS.label, formula=_("number of page views")
        ),  # not added up: pages without exits have no row
        Measure("exit_rate", _("Exit rate"), "percent", formula=_("exits ÷ page views of the page")),
    )
    order = "-exits"
    imports = ("exit", "visits")
    position = 50

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        known = views.filter(views.session != 0)
        lasts = known.group_by("session").aggregate(path=expr.last_by(known.path, known))
        exits = lasts.group_by("path").aggregate(exits=metrics.sessions_of(lasts))
        seen = views.group_by("path").aggregate(page_views=metrics.page_views(views))
        both = metrics.joined(exits, seen, "path")
        return both.mutate(exit_rate=expr.share(both.exits, both.page_views))
