"""AI crawlers: which of them reads which page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words
from zoco.monitor.reports.kinds import kind_of

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
        "elsewhere. Read are page views, not found are answers 404 and 410; requests also hold other "
        "failures. Crawlers run no scripts as a rule: a site that counts by tracker alone sees few of them."
    )
    picture = "bars"
    dimensions = (
        Dimension("reason", _("Crawler"), "text", "reason"),
        Dimension("kind", _("Kind")),
        Dimension("path", _("Page"), "path", "path"),
    )
    measures = (
        words.REQUESTS,
        Measure("read", _("Read"), adds_up=True),
        Measure("not_found", _("Not found"), adds_up=True),
    )
    order = "-requests"
    counts = "rows"
    verdicts = ("ai",)
    position = 161

    def behind(self, facts: Facts) -> Table:
        """Return what crawlers asked for."""
        return facts.where(lambda rows: facts.is_view(rows) | (rows.name == names.ERROR_SERVED))

    def query(self, facts: Facts, params: Params) -> Table:
        rows = self.behind(facts)
        asked = rows.group_by("reason", "path").aggregate(
            requests=metrics.hits(rows),
            read=metrics.counted(rows, facts.is_view(rows)),
            not_found=metrics.not_found(rows),
        )
        return asked.mutate(kind=kind_of(asked))
