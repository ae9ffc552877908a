"""Everything the server answered, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, REPORTS, Measure, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Requests(Report):
    """One row a step: requests, and how many were pages, files, redirects, calls, 404s and failures."""

    key = "requests"
    label = _("Requests")
    question = _("What did the server have to answer, and when did it fail?")
    definition = _(
        "Requests are all lines of the server's log. Pages, files, redirects and calls are told apart "
        "by method, path and status. Not found are answers 404 and 410, failures are answers 500 to "
        "599."
    )
    picture = "curve"
    dimensions = (words.BUCKET,)
    measures = (
        words.REQUESTS,
        Measure("pages", _("Pages"), adds_up=True, formula=_("number of requests of pages")),
        Measure("assets", _("Files"), adds_up=True, formula=_("number of requests of files")),
        Measure(
            "redirects", _("Redirects"), adds_up=True, formula=_("number of answers that lead elsewhere")
        ),
        Measure("calls", _("Calls"), adds_up=True, formula=_("number of requests that only programs make")),
        Measure("not_found", _("Not found"), adds_up=True, formula=_("number of answers 404 and 410")),
        Measure("failures", _("Failures"), adds_up=True, formula=_("number of answers from 500 to 599")),
    )
    parameters = (GRAIN,)
    order = "bucket"
    counts = "rows"
    position = 20

    def query(self, facts: Facts, params: Params) -> Table:
        served = facts.where(lambda rows: expr.among(rows.name, names.SERVED) & (rows.origin != "server"))
        bucket = facts.bucket(served.occurred_at, cast("Grain", params["grain"]))
        stepped = served.select("name", "status", bucket=bucket)
        return stepped.group_by("bucket").aggregate(
            requests=metrics.hits(stepped),
            pages=metrics.named(stepped, names.PAGE_SERVED),
            assets=metrics.named(stepped, names.ASSET_SERVED),
            redirects=metrics.named(stepped, names.REDIRECT_SERVED),
            calls=metrics.named(stepped, names.CALL_SERVED),
            not_found=metrics.not_found(stepped),
            failures=metrics.failures(stepped),
        )
