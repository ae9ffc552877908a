"""Verdicts: who is behind the facts, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.ledger.schema import VERDICTS
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Verdicts(Report):
    """One row for each verdict and reason."""

    key = "verdicts"
    label = _("Verdicts")
    question = _("Who is behind the facts: people, bots, own staff; and by which rule?")
    definition = _(
        "All facts of the period by their verdict and its reason: the name of a bot, or the rule that "
        "found it. Page views are those among them that count for the site."
    )
    picture = "bars"
    dimensions = (
        Dimension("verdict", _("Verdict"), "verdict"),
        Dimension("reason", _("Reason"), "text", "reason"),
    )
    measures = (Measure("facts", _("Facts"), adds_up=True, formula=_("number of facts")), words.PAGE_VIEWS)
    order = "-facts"
    counts = "rows"
    verdicts = VERDICTS
    position = 158

    def query(self, facts: Facts, params: Params) -> Table:
        rows = facts.rows
        return rows.group_by("verdict", "reason").aggregate(
            facts=metrics.hits(rows), page_views=metrics.counted(rows, facts.is_view(rows))
        )
