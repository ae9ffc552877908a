"""Files, redirects and calls: what was served and is no page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Parameter, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

KINDS = {"asset": names.ASSET_SERVED, "redirect": names.REDIRECT_SERVED, "call": names.CALL_SERVED}


@REPORTS.plug
class Served(Report):
    """One row for each kind, path and status."""

    key = "served"
    label = _("Files and redirects")
    question = _("Which files, redirects and calls are asked for?")
    definition = words.of_days(
        _(
            "Requests that are no page views. A file is told by the ending of its path, a redirect by its "
            "status (301, 302, 303, 307, 308), a call by its method (anything but GET)."
        )
    )
    picture = "bars"
    dimensions = (
        Dimension("name", _("Fact"), "name", "name"),
        Dimension("path", _("Path"), "path", "path"),
        Dimension("status", _("Status"), "status", "status"),
    )
    measures = (words.REQUESTS, words.VISITORS)
    parameters = (
        Parameter(
            "kind",
            _("Kind"),
            "all",
            (("all", _("All")), ("asset", _("Files")), ("redirect", _("Redirects")), ("call", _("Calls"))),
        ),
    )
    order = "-requests"
    counts = "rows"
    position = 170

    def query(self, facts: Facts, params: Params) -> Table:
        kind = str(params["kind"])
        served = facts.named(*([KINDS[kind]] if kind in KINDS else KINDS.values()))
        return metrics.seen(served, "name", "path", "status", count="requests")
