"""Silence: each minute, whether nothing comes from a site, and whether that can be chance."""

from __future__ import annotations

import logging
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from zoco.kit.periods import Period, micros
from zoco.ledger import expr
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.monitor.alarms import services
from zoco.monitor.alarms.cube import DAYS, Cube, cube_read
from zoco.monitor.alarms.detecting import DAYS_LEAST, Finding, Unknown, history_days
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.running import alarms_on, opened
from zoco.monitor.alarms.windows import Window
from zoco.moving.arriving import sites_arrived
from zoco.stats.tails import bounds, tails

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)

SILENT_ODDS = 1e-4
SILENT_HOURS_MOST = 72


def silence_look(*, now: datetime, store: Store | None = None) -> int:
    """Look for sites from which nothing comes; return how many are silent."""
    silent = 0
    for site in sites_arrived():
        for alarm in alarms_on(site):
            if alarm.kind != "silence":
                continue
            try:
                seen = _silence(site, alarm, now, store or opened())
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
