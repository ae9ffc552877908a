"""After a search: which page people went to from the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Params, Report
from zoco.monitor.reports import words
from zoco.monitor.reports.searches import searches

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class AfterSearch(Report):
    """One row for each term and page that followed it; the page is empty where the visit ended."""

    key = "after-search"
    label = _("After a search")
    question = _("Where do people go after they looked for something?")
    definition = words.of_days(
        _(
            "Searches on the site, by term and by the page view that followed in the same visit. Without a "
            "next page the visit ended with the search. Page views of one term in a row of a visit are one "
            "search."
        )
    )
    picture = "bars"
    dimensions = (
        Dimension("term", _("Searched for")),
        Dimension("next_page", _("Next page"), "path", "path"),
    )
    measures = (words.SEARCHES, words.VISITORS)
    order = "-searches"
    position = 58

    def query(self, facts: Facts, params: Params) -> Table:
        found = searches(facts)
        return found.group_by("term", "next_page").aggregate(
            searches=metrics.hits(found), visitors=metrics.visitors(found)
        )
