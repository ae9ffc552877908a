"""What people set in monitoring, as it goes along when a site moves.

Not along: web hooks with their keys, receivers, shared links, accounts. What would send or write by itself
comes switched off.
"""

from datetime import date
from operator import attrgetter
from typing import Literal

from zoco.monitor.funnels import FUNNELS_MOST
from zoco.monitor.models import GOALS_MOST
from zoco.moving.parts import PARTS, Part

_FILTERS = dict[str, list[str]]

_PARTS = (
    Part("goals", "zoco_monitor.Goal",
         ("name", "kind", "pattern", "event", "conditions", "seconds", "views", "amount"), ("name",), 2,
         shapes={"conditions": list[tuple[str, str, str]]}, most=GOALS_MOST),
    Part("funnels", "zoco_monitor.Funnel", ("name", "steps", "within_seconds", "is_each", "is_strict"),
         ("name",), shapes={"steps": list[str]}, most=FUNNELS_MOST),
    Part("segments", "zoco_monitor.Segment", ("name", "filters", "verdicts"), ("name",), 2,
         shapes={"filters": _FILTERS}),
    Part("annotations", "zoco_monitor.Annotation", ("on", "kind", "text"), ("on", "kind", "text")),
    Part("alarms", "zoco_monitor.Alarm",
         ("kind", "measure", "segment", "segment_name", "minutes", "bound", "care", "is_on"),
         ("kind", "measure", "segment_name"), refers=(("segment", "name"),)),
    Part("scheduled reports", "zoco_monitor.Schedule",
         ("name", "kind", "key", "filters", "verdicts", "asked", "segment", "segment_name", "period",
          "compare", "every", "weekday", "month_day", "hour", "has_pdf"),
         ("name", "key"), refers=(("segment", "name"),), fixed={"is_on": False},
         shapes={"filters": _FILTERS, "asked": dict[str, str | list[str]],
                 "kind": Literal["report", "overview"]}),
    Part("scheduled exports", "zoco_monitor.ExportPlan", ("format", "every", "since"), ("format",),
         fixed={"is_on": False}),
    Part("imports", "zoco_monitor.ImportRun",
         ("kind", "name", "website", "size", "digest", "first_on", "last_on", "days", "days_in",
          "is_preferred", "spans", "totals", "refused", "notes"),
         ("digest",), fixed={"state": "done"}, only={"state": "done"},
         shapes={"spans": list[tuple[date, date]], "totals": dict[str, str], "refused": dict[str, int],
                 "notes": list[str], "kind": Literal["ga4", "matomo", "plausible", "umami"]},
         most=10_000, origin_key=attrgetter("key")),
)  # fmt: skip
for _part in _PARTS:
    PARTS.add(_part)
