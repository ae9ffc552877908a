"""Bots and AI crawlers: who they are and what they fetch. They are kept apart from people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor import robots
from zoco.monitor.reports import words

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
        "verdicts are chosen elsewhere. Pages are those asked for, as the one that saw most of them "
        "says, of the tracker, the log of the web server and our own server: they are never added, so "
        "nothing counts twice. Not found are answers 404 and 410."
    )
    picture = "bars"
    dimensions = (
        Dimension("reason", _("Name"), "text", "reason"),
        Dimension("verdict", _("Verdict"), "verdict"),
        Dimension("kind", _("Kind"), "text"),
    )
    measures = (
        words.REQUESTS,
        Measure(
            "pages",
            _("Pages"),
            adds_up=True,
            formula=_("number of pages, by the origin that saw most of them"),
        ),
        Measure("not_found", _("Not found"), adds_up=True, formula=_("number of answers 404 and 410")),
    )
    order = "-requests"
    counts = "rows"
    verdicts = ("bot", "ai", "headless", "spam")
    position = 160

    def query(self, facts: Facts, params: Params) -> Table:
        rows = facts.rows
        bots = rows.group_by("reason", "verdict").aggregate(
            requests=metrics.hits(rows),
            pages=robots.pages(rows),
            not_found=robots.not_found(rows),
        )
        return bots.mutate(kind=robots.kind_of(bots))
