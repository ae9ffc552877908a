"""A part that fell after an incident was told, and is none of what was told: found by when it fell.

The same visits have many names, and what fell with them becomes sure one name after another; that is no
news. News is a part whose rate fell since the last that was told: its counts of then and of now are held
against what was expected of each (two Poisson counts, given their sum: J. Przyborowski and H. Wilenski,
Biometrika 31 (1940) 313–323). Nothing here asks the ledger or writes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import scipy

from zoco.monitor.alarms.causes import cause_itself
from zoco.monitor.alarms.detecting import DAYS_MOST, Finding, Rule, history_days, hours_of, parts_found
from zoco.monitor.alarms.watched import PAGE, SECTION
from zoco.monitor.alarms.windows import Lookout, Window

Part = tuple[str, str]
# So rare must it be that a part fell no further since; what fell is rare by itself already.
SAME_ODDS = 0.01
HOURS_MOST = 168
PATHS = {PAGE, SECTION, "landing"}


@dataclass(frozen=True, slots=True)
class Further:
    """A part that fell later, and all names under which the same was seen then."""

    found: Finding
    names: tuple[Part, ...]


def further(
    lookout: Lookout, end: int, rule: Rule, *, told: Collection[Part], began: int, since: int
) -> Further | None:
    """Return the surest part that fell since the last was told, at hour `since`; that began at `began`."""
    days = min(history_days(lookout.cube, end), DAYS_MOST)
    fresh = []
    for hours in hours_of(rule, days):
        if end - hours < since:
            continue
        window, other = lookout.windows(end, hours, days)
        for found in parts_found(window, rule, other):
            part = found.part
            if part and not _is_told(part, told) and _is_since(window, other, part, began):
                fresh.append((found, part, window))
    if not fresh:
        return None
    found, part, window = min(fresh, key=lambda each: each[0].odds)
    cause = cause_itself(window, part, found.seen, found.expected)
    names = dict.fromkeys([part, *(name for _found, name, _window in fresh)])
    return Further(replace(found, cause=cause), tuple(names))


def _is_told(part: Part, told: Collection[Part]) -> bool:
    """Say whether a part is one that was told; pages are told with a group around them, and it with them.

    A page is told with no other page, although the path of one may begin as another's: all do as "/".
    """
    name, value = part
    if name not in PATHS:
        return part in told
    return any(
        value == path
        or (kind == SECTION and value.startswith(path))
        or (name == SECTION and path.startswith(value))
        for kind, path in told
        if kind in PATHS
    )


def _is_since(window: Window, other: Window | None, part: Part, began: int) -> bool:
    """Say whether the rate of a part fell with these hours, against those since the last told began."""
    hours = min(window.end - window.hours - began, HOURS_MOST)
    if hours < 1:
        return False
    earlier = Window(window.cube, window.end - window.hours, hours, window.days)
    before = Window(other.cube, earlier.end, hours, window.days) if other else None
    seen, expected, dispersion = _counted(window, other, part)
    seen_then, expected_then, _phi = _counted(earlier, before, part)
    if seen_then <= 0 or expected_then <= 0:
        return False
    # Over the dispersion, as counts that come in heaps tell less.
    share = expected / (expected + expected_then)
    total, few = (seen + seen_then) / dispersion, seen / dispersion
    return float(scipy.special.betainc(max(total - few, 1e-9), few + 1, 1 - share)) <= SAME_ODDS


def _counted(window: Window, other: Window | None, part: Part) -> tuple[float, float, float]:
    """Return what was seen and expected of a part, as a rate of the other measure, and its dispersion."""
    row = np.array([window.cube.parts.row[part]])
    found = window.parts(row)
    seen, expected = float(window.seen(window.cube.parts.cut)[row][0]), float(found.mean[0])
    theirs = other.cube.parts.row.get(part) if other else None
    if other is not None and theirs is not None:
        rows = np.array([theirs])
        mean = float(other.parts(rows).mean[0])
        if mean > 0:
            expected *= min(1.0, float(other.seen(other.cube.parts.cut)[rows][0]) / mean)
    return seen, expected, float(found.dispersion[0])
