"""Campaigns: what the codes in links brought."""

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
class Campaigns(Report):
    """One row a campaign code."""

    key = "campaigns"
    label = _("Campaigns")
    question = _("Which campaigns bring people?")
    definition = words.TOUCH_DEFINITION
    picture = "bars"
    dimensions = (Dimension("campaign", _("Campaign"), "text", "campaign"),)
    measures = words.BY_VISIT
    order = "-visitors"
    position = 90

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        return metrics.by(views.filter(views.campaign != ""), "campaign")
