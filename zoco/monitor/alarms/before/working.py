"""How often each care would have raised an alarm, counted anew each week.

One alarm at a time, as it takes seconds.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from zoco.ledger.asking.converting import goals_converting
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.monitor.alarms.before.replaying import raised, read_again, weeks_known
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.narrowed import SegmentMissed, kept, narrowed
from zoco.monitor.alarms.usual import CARE, KINDS
from zoco.moving.arriving import sites_arrived

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)

GOOD_FOR, UNKNOWN_FOR = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Before:
    """How often an alarm would have been raised a week, by so many weeks; real ones are among them."""

    weeks: int
    a_week: dict[str, float]


def before_of(alarm: Alarm) -> Before | None:
    """Return what is known of an alarm as it is now; None where nothing is."""
    found = alarm.before
    if not found.get("weeks") or found.get("about") != about_of(alarm):
        return None
    return Before(found["weeks"], {care: found["raised"][care] / found["weeks"] for care in CARE})


def about_of(alarm: Alarm) -> list[Any]:
    """Return what the counts depend on, as it is kept."""
    segment = kept(alarm)
    found = [alarm.kind, alarm.measure, segment and [segment["filters"], segment["verdicts"]]]
    if alarm.measure == "conversions":
        found.append(sorted(goal.name for goal in goals_converting(alarm.site_id)))
    return found


def before_work(*, now: datetime, store: Store | None = None) -> int:
    """Count for the first alarm for which it is due; return how many were counted: 1, or 0."""
    for site in sites_arrived():
        alarms = Alarm.objects.filter(site=site.id, is_on=True).select_related("site", "segment")
        for alarm in alarms.order_by("id"):
            kind = KINDS.get(alarm.kind)
            if kind is None or kind.rule is None or not _is_due(alarm, now):
                continue
            Alarm.objects.filter(pk=alarm.pk).update(before=_counted(alarm, site, now, store))
            return 1
    return 0


def _is_due(alarm: Alarm, now: datetime) -> bool:
    found = alarm.before
    if not found or found.get("about") != about_of(alarm):
        return True
    return now - datetime.fromisoformat(found["at"]) >= (GOOD_FOR if found["weeks"] else UNKNOWN_FOR)


def _counted(alarm: Alarm, site: SiteInfo, now: datetime, store: Store | None) -> dict[str, Any]:
    from zoco.ledger.store.opening import store as opened

    hour = now.replace(minute=0, second=0, microsecond=0)
    found: dict[str, Any] = {"about": about_of(alarm), "at": now.isoformat(), "weeks": 0, "raised": {}}
    try:
        cube, other, end = read_again(
            alarm.measure, alarm.kind, site, hour, store or opened(), narrowed(alarm)
        )
    except (QueryFailed, StoreBusy):
        log.exception("What was before could not be counted; it is tried again. site=%s", site.slug)
        return found
    except SegmentMissed:
        return found
    weeks = weeks_known(cube, end)
    return found | {"weeks": weeks, "raised": raised(alarm.kind, cube, other, end, weeks)}
