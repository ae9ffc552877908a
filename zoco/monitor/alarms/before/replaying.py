"""The weeks before, looked at again: how often an alarm would have been raised at each care.

What is raised at a care is raised at every keener one: odds and shares only get looser. So the others look
only where the keenest found something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from zoco.kit.periods import Period
from zoco.monitor.alarms.before.ahead import prepare
from zoco.monitor.alarms.cube import DAYS, Cube, cube_read
from zoco.monitor.alarms.detecting import DAYS_LEAST, DAYS_MOST, Finding, Rule, history_days, looks
from zoco.monitor.alarms.narrowed import Narrowed
from zoco.monitor.alarms.others.averages import looked
from zoco.monitor.alarms.running import given_of
from zoco.monitor.alarms.services import CALM
from zoco.monitor.alarms.usual import CARE, rule_of
from zoco.monitor.alarms.windows import Lookout

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

WEEKS_MOST = 4
STEP_HOURS = 2
# Hours of about a day share their days before; more at once take more memory and no less time.
AT_ONCE = 12
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
    rules = [(care, rule) for care in KEENEST_FIRST if (rule := rule_of(kind, care)) is not None]
    opened, seen = dict.fromkeys(CARE, 0), dict.fromkeys(CARE, -CALM_HOURS - 1)
    if not rules:
        return opened
    ends = range(end - weeks * 168 + STEP_HOURS, end + 1, STEP_HOURS)
    for at, is_found in _looked(cube, other, ends, rules[0][1]):
        for care, rule in rules:
            if not is_found(rule):
                break
            opened[care] += at - seen[care] > CALM_HOURS
            seen[care] = at
    return opened


def _looked(
    cube: Cube, other: Cube | None, ends: Sequence[int], keenest: Rule
) -> Iterator[tuple[int, Callable[[Rule], bool]]]:
    """Go through hours, with what says whether a rule finds anything then."""
    if cube.measure.is_average:
        for at in ends:
            yield at, partial(_is_average_found, cube, other, at)
        return
    lookout = Lookout(cube, other if keenest.is_fall else None)
    for number, at in enumerate(ends):
        if keenest.is_fall and number % AT_ONCE == 0:
            lookout.forget()
            prepare(lookout, ends[number : number + AT_ONCE], keenest)
        yield at, partial(_is_found, lookout, at)


def _is_average_found(cube: Cube, other: Cube | None, at: int, rule: Rule) -> bool:
    return isinstance(looked(cube, at, rule, other), Finding)


def _is_found(lookout: Lookout, at: int, rule: Rule) -> bool:
    days = min(history_days(lookout.cube, at), DAYS_MOST)
    return days >= DAYS_LEAST and any(found for found, _window, _mean in looks(lookout, at, days, rule))
