"""Not counted, and why: what the collector refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor import facts as names

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Refusals(Report):
    """One row for each reason, and for each host that no site has."""

    key = "refusals"
    label = _("Not counted, and why")
    question = _("What was sent here and not counted, and what can be done about it?")
    definition = _(
        "Facts that trackers and servers sent and that were refused, by the reason that the sender was "
        "told; and browsers and persons whom a bandit could not deal an arm. Written down every few "
        "seconds. The host is that of the page where no site has it; whoever "
        "sees all sites sees these hosts here."
    )
    picture = "bars"
    dimensions = (
        Dimension("reason", _("Reason"), "text", "reason"),
        Dimension("host", _("Unknown host"), "host", "host"),
    )
    measures = (Measure("times", _("Times"), adds_up=True, formula=_("number of facts refused")),)
    order = "-times"
    counts = "rows"
    verdicts = ("server",)
    takes_nobodys = True
    nothing = (_("Nothing was refused"), _("Nothing that was sent in these days was refused."))
    position = 180

    def query(self, facts: Facts, params: Params) -> Table:
        refused = facts.named(names.REFUSED)
        return refused.group_by("reason", "host").aggregate(times=metrics.quantity(refused))
