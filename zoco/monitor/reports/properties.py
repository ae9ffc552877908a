"""Properties of events: which values they had, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Properties(Report):
    """One row for each event, property and value."""

    key = "properties"
    label = _("Event properties")
    question = _("With which properties do events happen?")
    definition = words.of_days(
        _(
            "Each property of each event, by its values: how often the event had the value, and how many "
            "distinct visitors did it. Values within values are shown as they were sent."
        )
    )
    picture = "bars"
    dimensions = (
        Dimension("subject", _("Event"), "text", "subject"),
        Dimension("property", _("Property")),
        Dimension("value", _("Value")),
    )
    measures = (words.VISITORS, Measure("events", _("Events"), formula=_("number of events")))
    order = "-visitors"
    counts = "rows"
    position = 56

    def query(self, facts: Facts, params: Params) -> Table:
        sent = facts.named(names.EVENT_SENT)
        parts = sent.select("subject", "visitor", "props", property=expr.each_prop(sent))
        valued = parts.select("subject", "visitor", "property", value=expr.prop_at(parts, parts.property))
        keys = ("subject", "property", "value")
        each = valued.group_by(*keys, "visitor").aggregate(events=metrics.hits(valued))
        return each.group_by(*keys).aggregate(visitors=metrics.known(each), events=each.events.sum())
