"""Campaigns: what the codes in links brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Params
from zoco.monitor.reports.touches import ByTouch

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Campaigns(ByTouch):
    """One row a campaign code."""

    key = "campaigns"
    label = _("Campaigns")
    question = _("Which campaigns bring people?")
    dimensions = (Dimension("campaign", _("Campaign"), "text", "campaign"),)
    imports = ("campaign", "visits")
    position = 90

    def query(self, facts: Facts, params: Params) -> Table:
        every = super().query(facts, params)
        return every.filter(every.campaign != "")
