"""AI crawlers: which of them reads which page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor import robots
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class AiCrawlers(Report):
    """One row for each crawler, what it comes for, and path."""

    key = "ai-crawlers"
    label = _("AI crawlers")
    question = _("Which pages do AI crawlers read, and which do they not find?")
    definition = _(
        "Pages asked for by crawlers of AI companies, by their name, whatever verdicts are chosen "
        "elsewhere, and whichever origin counts the site's page views. Read are pages as the one that saw "
        "most of them says, of the tracker, the log of the web server and our own server: they are never "
        "added, so nothing counts twice. Not found are answers 404 and 410; requests also hold other "
        "failures."
    )
    picture = "bars"
    dimensions = (
        Dimension("reason", _("Crawler"), "text", "reason"),
        Dimension("kind", _("Kind")),
        Dimension("path", _("Page"), "path", "path"),
    )
    measures = (
        words.REQUESTS,
        Measure(
            "read", _("Read"), adds_up=True, formula=_("number of pages, by the origin that saw most of them")
        ),
        Measure("not_found", _("Not found"), adds_up=True, formula=_("number of answers 404 and 410")),
    )
    order = "-requests"
    counts = "rows"
    verdicts = ("ai",)
    position = 161

    def behind(self, facts: Facts) -> Table:
        """Return what crawlers asked for."""
        return facts.named(*robots.PAGES, *robots.MISSES)

    def query(self, facts: Facts, params: Params) -> Table:
        rows = self.behind(facts)
        each = rows.group_by("reason", "path").aggregate(
            requests=robots.requests(rows),
            read=robots.pages(rows),
            not_found=robots.not_found(rows),
        )
        return each.mutate(kind=robots.kind_of(each))
