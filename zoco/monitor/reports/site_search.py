"""Site search: what people look for on the site itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor.reports import words
from zoco.monitor.reports.searches import searches

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class SiteSearch(Report):
    """One row a term."""

    key = "site-search"
    label = _("Site search")
    question = _("What do people look for on the site, and do they go on from there?")
    definition = words.of_days(
        _(
            "Terms in the addresses of page views, by the search parameters in the site's settings; in "
            "lower case, with e-mail addresses and tokens masked. Page views of one term in a row of a "
            "visit are one search. The exit rate is the share of searches after which the visit had no "
            "page view any more."
        )
    )
    picture = "bars"
    dimensions = (Dimension("term", _("Searched for")),)
    measures = (
        words.SEARCHES,
        words.VISITORS,
        words.SESSIONS,
        Measure(
            "exit_rate",
            _("Exit rate"),
            "percent",
            formula=_("searches after which the visit ended ÷ searches"),
        ),
    )
    order = "-searches"
    position = 57

    def query(self, facts: Facts, params: Params) -> Table:
        found = searches(facts)
        return found.group_by("term").aggregate(
            searches=metrics.hits(found),
            visitors=metrics.visitors(found),
            sessions=metrics.sessions(found),
            exit_rate=expr.share(metrics.counted(found, found.next_page == ""), metrics.hits(found)),
        )
