"""Errors: what was not there or failed, and where the link to it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Parameter, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Errors(Report):
    """One row for each path, status, place of the link and origin; the link is empty where none is known."""

    key = "errors"
    label = _("Errors")
    question = _("Which addresses do not work, and where is the link to them?")
    definition = words.of_days(
        _(
            "Requests answered with 404, 410 or 500 to 599 and pages that the tracker says are missing or "
            "failed, by path and status. The link is the full address of the page from which people came "
            "while the evidence is kept, and its host after that. A site that is told of by tracker and log "
            "counts an error once for each origin."
        )
    )
    picture = "bars"
    dimensions = (
        Dimension("path", _("Page"), "path", "path"),
        Dimension("status", _("Status"), "status", "status"),
        Dimension("link", _("Link on")),
        Dimension("origin", _("Origin"), "text", "origin"),
    )
    measures = (words.REQUESTS, words.VISITORS)
    parameters = (
        Parameter(
            "kind",
            _("Kind"),
            "all",
            (("all", _("All")), ("not_found", _("Not found")), ("failure", _("Failures"))),
        ),
    )
    order = "-requests"
    counts = "rows"
    position = 150

    def behind(self, facts: Facts) -> Table:
        """Return the errors."""
        return facts.named(names.ERROR_SERVED, names.ERROR_VIEWED)

    def query(self, facts: Facts, params: Params) -> Table:
        failed = self.behind(facts)
        is_missing = failed.status.isin([404, 410])
        is_failure = failed.status.between(500, 599)
        wanted = {"all": is_missing | is_failure, "not_found": is_missing, "failure": is_failure}
        failed = failed.filter(wanted[str(params["kind"])])
        failed = failed.select("id", "path", "status", "visitor", "referrer_host", "origin")
        kept = facts.evidence.select("id", "referrer").rename(evidence_id="id")
        both = failed.left_join(kept, [failed.id == kept.evidence_id])
        full = both.referrer.fill_null("")
        linked = both.mutate(link=expr.either(full, both.referrer_host))
        return metrics.seen(linked, "path", "status", "link", "origin", count="requests")
