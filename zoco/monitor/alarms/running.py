"""Look at all sites: once an hour at what is counted by hour, each minute for silence."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from zoco.kit.periods import Period, micros
from zoco.ledger import expr, sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.monitor.alarms import services
from zoco.monitor.alarms.cube import DAYS, Cube, cube_read
from zoco.monitor.alarms.detecting import DAYS_LEAST, Finding, Rule, Unknown, history_days
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.narrowed import Narrowed, SegmentMissed, narrowed
from zoco.monitor.alarms.others.averages import looked
from zoco.monitor.alarms.shown.pictures import average_picture, picture_of
from zoco.monitor.alarms.usual import KINDS, rule_of
from zoco.monitor.alarms.windows import Window
from zoco.stats.tails import bounds, tails

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)

# For so long after the hour facts may still be on their way into the ledger.
LATE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
# So many hours are looked at again after a worker was down: the span that is read holds a day more.
CAUGHT_UP_MOST = 24
SILENT_ODDS = 1e-4
SILENT_HOURS_MOST = 72


def alarms_look(*, now: datetime, store: Store | None = None) -> int:
    """Look at the last full hour of each site that was not looked at yet; return how many alarms were."""
    hour = (now - LATE).replace(minute=0, second=0, microsecond=0)
    looked = 0
    for site in sitebook.sites():
        due = [each for each in _alarms(site) if KINDS[each.kind].rule and _is_due(each, hour)]
        if not due:
            continue
        try:
            looked += _look(site, due, hour, store or _opened())
        except (QueryFailed, StoreBusy):
            log.exception("A site could not be looked at; it is tried again. site=%s", site.slug)
    return looked


def _is_due(alarm: Alarm, hour: datetime) -> bool:
    return alarm.looked_at is None or alarm.looked_at < hour


def _alarms(site: SiteInfo) -> Sequence[Alarm]:
    return list(
        Alarm.objects.filter(site=site.id, is_on=True).select_related("site", "segment").order_by("id")
    )


def _opened() -> Store:
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
    services.seen_apply(alarm, seen, at=at, picture=picture)


def silence_look(*, now: datetime, store: Store | None = None) -> int:
    """Look for sites from which nothing comes; return how many are silent."""
    silent = 0
    for site in sitebook.sites():
        for alarm in _alarms(site):
            if alarm.kind != "silence":
                continue
            try:
                seen = _silence(site, alarm, now, store or _opened())
            except (QueryFailed, StoreBusy):
                log.exception("Silence could not be looked for; it is tried again. site=%s", site.slug)
                continue
            services.seen_apply(alarm, seen, at=now, calm=timedelta())
            silent += isinstance(seen, Finding)
    return silent


def _silence(site: SiteInfo, alarm: Alarm, now: datetime, store: Store) -> Finding | Unknown | None:
    newest = _newest(site, now, store)
    if newest is None:
        return Unknown(0)
    quiet = now - newest
    if quiet < timedelta(minutes=alarm.minutes):
        return None
    period = Period.last_days(DAYS, site.zone, now=now)
    return silence_found(cube_read("facts", site, period, store), site, newest, now)


def silence_found(cube: Cube, site: SiteInfo, newest: datetime, now: datetime) -> Finding | Unknown | None:
    """Say whether nothing since `newest` is more than chance: by what each of these hours brings else."""
    mean = variance = dispersion = 0.0
    at, hours = newest, 0
    days = min(history_days(cube, cube.hour_at(newest, site.zone)), DAYS - 2)
    if days < DAYS_LEAST:
        return Unknown(days)
    while at < now and hours < SILENT_HOURS_MOST:
        ends = min(at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), now)
        part = (ends - at) / timedelta(hours=1)
        end = cube.hour_at(at, site.zone) + 1
        expected = Window(cube, end, 1, days).whole().scaled(part)
        mean += float(expected.mean[0])
        variance += float(expected.variance[0])
        dispersion = max(dispersion, float(expected.dispersion[0]))
        at, hours = ends, hours + 1
    odds = tails(0, mean, variance)[0]
    if odds > SILENT_ODDS:
        return None
    low, high = bounds(mean, variance, 0.95)
    length = max(1, math.ceil((now - newest) / timedelta(hours=1)))
    return Finding("facts", True, length, 0.0, mean, low, high, odds, dispersion, days, None)


def _newest(site: SiteInfo, now: datetime, store: Store) -> datetime | None:
    """Return when the newest fact of the last days happened."""
    from zoco.ledger.scope import Facts

    period = Period.last_days(9, site.zone, now=now)
    rows = Facts(site, period).all_verdicts
    rows = rows.filter(rows.occurred_at <= expr.moment(micros(now)))
    found = store.query(
        expr.to_sql(rows.aggregate(newest=expr.micros(rows.occurred_at.max())), store.dialect)
    )
    newest = found["newest"].to_pylist()[0]
    return None if newest is None else datetime.fromtimestamp(int(newest) / 1_000_000, UTC)
