"""The weeks before, looked at again: how often an alarm would have been raised at each care.

What is raised at a care is raised at every keener one: odds and shares only get looser. So the others look
only where the keenest found something.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zoco.kit.periods import Period
from zoco.monitor.alarms.cube import DAYS, Cube, cube_read
from zoco.monitor.alarms.detecting import DAYS_LEAST, Finding, history_days
from zoco.monitor.alarms.narrowed import Narrowed
from zoco.monitor.alarms.others.averages import looked
from zoco.monitor.alarms.running import given_of
from zoco.monitor.alarms.services import CALM
from zoco.monitor.alarms.usual import CARE, rule_of

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

WEEKS_MOST = 4
STEP_HOURS = 2
KEENEST_FIRST = ("keen", "usual", "calm")
CALM_HOURS = CALM // timedelta(hours=1)


def read_again(
    key: str, kind: str, site: SiteInfo, now: datetime, store: Store, part: Narrowed
) -> tuple[Cube, Cube | None, int]:
    """Return a measure, what it is held against, and the hour that now is. Raises QueryFailed, StoreBusy."""
    period = Period.last_days(DAYS + 7 * WEEKS_MOST, site.zone, now=now - timedelta(seconds=1))
    cube = cube_read(key, site, period, store, part)
    given = given_of(cube, kind)
    other = cube_read(given, site, period, store, part) if given else None
    return cube, other, cube.hour_at(now, site.zone)


def weeks_known(cube: Cube, end: int) -> int:
    """Return how many whole weeks before an hour can be looked at again."""
    return max(0, min(WEEKS_MOST, (history_days(cube, end) - DAYS_LEAST) // 7))


def raised(kind: str, cube: Cube, other: Cube | None, end: int, weeks: int) -> dict[str, int]:
    """Return how many incidents each care would have opened in so many weeks before an hour.

    As the worker does it, but for every second hour, and with one wave at a time.
    """
    rules = {care: rule_of(kind, care) for care in CARE}
    opened, seen = dict.fromkeys(CARE, 0), dict.fromkeys(CARE, -CALM_HOURS - 1)
    for at in range(end - weeks * 168 + STEP_HOURS, end + 1, STEP_HOURS):
        for care in KEENEST_FIRST:
            rule = rules[care]
            if rule is None or not isinstance(looked(cube, at, rule, other), Finding):
                break
            opened[care] += at - seen[care] > CALM_HOURS
            seen[care] = at
    return opened
