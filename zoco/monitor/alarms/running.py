"""Look at all sites, once an hour, at what is counted by hour."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zoco.kit.periods import Period
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.monitor.alarms import services
from zoco.monitor.alarms.cube import DAYS, Cube, cube_read
from zoco.monitor.alarms.detecting import Finding, Rule, Unknown
from zoco.monitor.alarms.further.noting import later_look
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.narrowed import Narrowed, SegmentMissed, narrowed
from zoco.monitor.alarms.others.averages import looked
from zoco.monitor.alarms.shown.pictures import average_picture, picture_of
from zoco.monitor.alarms.usual import KINDS, rule_of
from zoco.moving.arriving import sites_arrived

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)

# For so long after the hour facts may still be on their way into the ledger.
LATE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
# So many hours are looked at again after a worker was down: the span that is read holds a day more.
CAUGHT_UP_MOST = 24


def alarms_look(*, now: datetime, store: Store | None = None) -> int:
    """Look at the last full hour of each site that was not looked at yet; return how many alarms were."""
    hour = (now - LATE).replace(minute=0, second=0, microsecond=0)
    looked = 0
    for site in sites_arrived():
        due = [each for each in alarms_on(site) if KINDS[each.kind].rule and _is_due(each, hour)]
        if not due:
            continue
        try:
            looked += _look(site, due, hour, store or opened())
        except (QueryFailed, StoreBusy):
            log.exception("A site could not be looked at; it is tried again. site=%s", site.slug)
    return looked


def _is_due(alarm: Alarm, hour: datetime) -> bool:
    return alarm.looked_at is None or alarm.looked_at < hour


def alarms_on(site: SiteInfo) -> Sequence[Alarm]:
    """Return the alarms of a site that are on."""
    return list(
        Alarm.objects.filter(site=site.id, is_on=True).select_related("site", "segment").order_by("id")
    )


def opened() -> Store:
    """Return the ledger of this installation."""
    from zoco.ledger.store.opening import store

    return store()


def _look(site: SiteInfo, alarms: Sequence[Alarm], hour: datetime, store: Store) -> int:
    # The day of the hour's last moment is the last of the period: at midnight yesterday.
    period = Period.last_days(DAYS, site.zone, now=hour - timedelta(seconds=1))
    cubes: dict[tuple[str, Narrowed], Cube] = {}

    def cube(key: str, part: Narrowed) -> Cube:
        if (key, part) not in cubes:
            cubes[key, part] = cube_read(key, site, period, store, part)
        return cubes[key, part]

    for alarm in alarms:
        rule = rule_of(alarm.kind, alarm.care)
        if rule is None:
            continue
        services.segment_follow(alarm, at=hour)
        try:
            part = narrowed(alarm)
        except SegmentMissed as missed:
            services.seen_apply(alarm, Unknown(0, why=missed.why), at=hour)
            continue
        counted = cube(alarm.measure, part)
        given = given_of(counted, alarm.kind)
        other = cube(given, part) if given else None
        for each in _missed(alarm, hour):
            _judge(alarm, counted, other, rule, counted.hour_at(each, site.zone), at=each)
    return len(alarms)


def given_of(cube: Cube, kind: str) -> str:
    """Return the measure that another is held against: of what falls, and of an average."""
    measure = cube.measure
    return measure.given if kind == "fall" or measure.is_average else ""


def _missed(alarm: Alarm, hour: datetime) -> list[datetime]:
    """Return the hours that were not looked at, oldest first: a worker that was down catches up."""
    if alarm.looked_at is None:
        return [hour]
    hours = min(max(1, (hour - alarm.looked_at) // HOUR), CAUGHT_UP_MOST)
    return [hour - HOUR * back for back in range(hours - 1, -1, -1)]


def _judge(alarm: Alarm, cube: Cube, other: Cube | None, rule: Rule, end: int, *, at: datetime) -> None:
    seen = looked(cube, end, rule, other)
    picture = None
    if isinstance(seen, Finding):
        if cube.measure.is_average and other is not None:
            picture = average_picture(cube, other, seen, end)
        else:
            picture = picture_of(cube, seen, end)
        seen = seen.scaled(cube.unit)
    incident = services.seen_apply(alarm, seen, at=at, picture=picture)
    if incident is not None and rule.is_fall and not cube.measure.is_average:
        later_look(incident, cube, other, rule, zone=alarm.site.zone, at=at)
