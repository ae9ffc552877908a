"""Source channels: the group that a visit came through."""

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
class Channels(Report):
    """One row a source channel."""

    key = "channels"
    label = _("Source channels")
    question = _("Through which channels do people come?")
    definition = words.TOUCH_DEFINITION
    picture = "bars"
    dimensions = (Dimension("channel", _("Source channel"), "channel", "channel"),)
    measures = words.BY_VISIT
    order = "-visitors"
    position = 70

    def query(self, facts: Facts, params: Params) -> Table:
        return metrics.by(facts.page_views, "channel")
