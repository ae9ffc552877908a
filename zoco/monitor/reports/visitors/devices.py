"""Devices: phone, desktop, tablet, television."""

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
class Devices(Report):
    """One row a class of device; empty where it is not known."""

    key = "devices"
    label = _("Devices")
    question = _("On which devices do people read?")
    definition = words.SEEN_DEFINITION
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("device", _("Device"), "text", "device"),)
    measures = words.SEEN
    order = "-visitors"
    imports = ("device", "visits")
    position = 120

    def query(self, facts: Facts, params: Params) -> Table:
        return metrics.seen(facts.page_views, "device")
