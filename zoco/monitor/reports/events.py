"""Events of the site's own: what people did beside looking at pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Events(Report):
    """One row an event."""

    key = "events"
    label = _("Events")
    question = _("What do people do on the pages, and what is it worth?")
    definition = words.of_days(
        _(
            "Events that the site's pages sent by name. Visitors are distinct visitors who did it at least "
            "once; the value is the sum of what events bring in the site's currency."
        )
    )
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("subject", _("Event"), "text", "subject"),)
    measures = (
        words.VISITORS,
        Measure("events", _("Events"), adds_up=True, formula=_("number of events")),
        Measure(
            "value",
            pgettext_lazy("money", "Value"),
            "money",
            adds_up=True,
            tells_of_few=True,
            formula=_("sum of what events brought, in the site's currency"),
        ),
    )
    order = "-visitors"
    counts = "rows"
    imports = ("event", "events")
    position = 55

    def query(self, facts: Facts, params: Params) -> Table:
        sent = facts.named(names.EVENT_SENT)
        each = sent.group_by("subject", "visitor").aggregate(
            events=metrics.hits(sent), value=metrics.revenue(sent)
        )
        return each.group_by("subject").aggregate(
            visitors=metrics.known(each), events=each.events.sum(), value=each.value.sum()
        )
