"""Bots and AI crawlers: who they are and what they fetch. They are kept apart from people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor.reports import words
from zoco.sites.crawlers.bots import KINDS, Kind

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Bots(Report):
    """One row for each name, verdict and kind."""

    key = "bots"
    label = _("Bots and AI crawlers")
    question = _("Which bots and AI crawlers come, and what do they fetch?")
    definition = _(
        "Facts that are not by people, by the name of the bot or the rule that found it, whatever "
        "verdicts are chosen elsewhere. Pages are page views among them, not found are answers 404 "
        "and 410."
    )
    picture = "bars"
    dimensions = (
        Dimension("reason", _("Name"), "text", "reason"),
        Dimension("verdict", _("Verdict"), "verdict"),
        Dimension("kind", _("Kind"), "text"),
    )
    measures = (
        words.REQUESTS,
        Measure("pages", _("Pages"), adds_up=True),
        Measure("not_found", _("Not found"), adds_up=True),
    )
    order = "-requests"
    counts = "rows"
    verdicts = ("bot", "ai", "headless", "spam")
    position = 160

    def query(self, facts: Facts, params: Params) -> Table:
        rows = facts.rows
        rows = rows.mutate(kind=_kind(rows))
        return rows.group_by("reason", "verdict", "kind").aggregate(
            requests=metrics.hits(rows),
            pages=metrics.counted(rows, facts.is_view(rows)),
            not_found=metrics.not_found(rows),
        )


def _kind(rows: Table) -> Value:
    """Return what a bot comes for, by the list of names; "" for one that no list names."""
    names = {kind: [name for name, its in KINDS.items() if its is kind] for kind in Kind}
    return expr.first_fitting(
        [(expr.among(rows.reason, listed), str(kind)) for kind, listed in names.items() if listed]
    )
