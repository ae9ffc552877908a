"""Missing pages: what leads people to pages that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.asking import along
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

MISSED = (names.ERROR_SERVED, names.ERROR_VIEWED)


@REPORTS.plug
class MissingPages(Report):
    """One row for each missing path, own page before it, referring host and origin."""

    key = "missing-pages"
    label = _("Missing pages")
    question = _("Which pages and which other sites lead to pages that are not there?")
    definition = words.of_days(
        _(
            "Requests answered with 404 or 410 and pages that the tracker says are missing, by the page seen "
            "last before in the same visit and by the host of the referrer. Both are empty where nothing is "
            "known. A site that is told of by tracker and log counts a miss once for each origin."
        )
    )
    picture = "bars"
    dimensions = (
        Dimension("path", _("Missing"), "path", "path"),
        Dimension("before", _("Page before"), "path"),
        Dimension("referrer_host", _("Referrer"), "host", "referrer_host"),
        Dimension("origin", _("Origin"), "text", "origin"),
    )
    measures = (words.REQUESTS, words.VISITORS)
    order = "-requests"
    counts = "rows"
    position = 151

    def behind(self, facts: Facts) -> Table:
        """Return the misses."""
        return facts.where(_is_missed)

    def query(self, facts: Facts, params: Params) -> Table:
        whole = facts.whole_visits
        rows = whole.where(lambda rows: whole.is_view(rows) | _is_missed(rows))
        led = along.with_latest_in_visit(rows, "path", whole.is_view(rows), "page_before")
        missed = facts.fitting(led.filter(_is_missed(led)))
        # Facts without a visitor share no visit.
        known = missed.mutate(before=(missed.session == 0).ifelse("", missed.page_before))
        return metrics.seen(known, "path", "before", "referrer_host", "origin", count="requests")


def _is_missed(rows: Table) -> expr.Value:
    return expr.among(rows.name, MISSED) & rows.status.isin([404, 410])
