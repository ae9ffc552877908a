"""Operating systems."""

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
class Systems(Report):
    """One row an operating system."""

    key = "systems"
    label = _("Operating systems")
    question = _("Which operating systems do people use?")
    definition = words.SEEN_DEFINITION
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("os", _("Operating system"), "text", "os"),)
    measures = words.SEEN
    order = "-visitors"
    imports = ("os", "visits")
    position = 140

    def query(self, facts: Facts, params: Params) -> Table:
        return metrics.seen(facts.page_views, "os")
