"""Screens by class of width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Params, Report
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Screens(Report):
    """One row a class of width, in pixels of CSS; screens that nobody told are left out."""

    key = "screens"
    label = _("Screens")
    question = _("How wide are the screens that people read on?")
    definition = words.SEEN_DEFINITION
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("screen", _("Screen"), "text", "screen"),)
    measures = words.SEEN
    order = "-visitors"
    position = 125

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        return metrics.seen(views.filter(views.screen != ""), "screen")
