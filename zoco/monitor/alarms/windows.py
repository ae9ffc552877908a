"""The counts of the last hours, and of the same hours of the days before."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zoco.monitor.alarms.cube import Cube, Cut
from zoco.stats.seasonal import Forecast, forecast, profiles_of

Floats = NDArray[np.float64]
Known = tuple[NDArray[np.int64], Forecast] | None
WORTH_LEAST = 1e-3
FEWER = {24: 4.0, 48: 8.0, 72: 4.0, 168: 2.0}
"""How many times likelier than at six hours chance may be: looks at longer windows differ less often.

What only three days or a week show is surer by then, and is told too late anyway: there less chance is taken,
so that more may be taken where it helps to tell within two days.
"""


@dataclass(slots=True)
class Window:
    """The counts of the last hours, and of the same hours of days before."""

    cube: Cube
    end: int
    hours: int
    days: int
    ends: NDArray[np.int64] = field(init=False)
    kinds: NDArray[np.int64] = field(init=False)
    ahead: Ahead = field(init=False)
    _newest: Window | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        gap = -(-self.hours // 24)
        back = np.arange(self.days, gap - 1, -1)
        ends = self.end - 24 * back
        self.ends = ends[ends >= self.hours]
        self.kinds = (self.cube.first.weekday() + (self.ends - 1) // 24) % 7
        self.ahead = Ahead()

    @property
    def kind(self) -> int:
        return int((self.cube.first.weekday() + (self.end - 1) // 24) % 7)

    @property
    def fewer(self) -> float:
        """Return how many times likelier chance may be than at six hours, see `FEWER`."""
        return FEWER.get(self.hours, 1.0)

    def seen(self, cut: Cut) -> Floats:
        found: Floats = cut.summed[:, self.end] - cut.summed[:, self.end - self.hours]
        return found

    def past(self, cut: Cut, rows: NDArray[np.int64] | None = None) -> Floats:
        summed = cut.summed if rows is None else cut.summed[rows]
        found: Floats = summed[:, self.ends] - summed[:, self.ends - self.hours]
        return found

    def rough(self, cut: Cut) -> Floats:
        """Return the mean of the same hours on the same day of four weeks."""
        ends = self.ends[self.kinds == self.kind][-4:]
        found: Floats = (cut.summed[:, ends] - cut.summed[:, ends - self.hours]).mean(1)
        return found

    def forecast(self, cut: Cut, rows: NDArray[np.int64] | None = None, kind: int | None = None) -> Forecast:
        kind = self.kind if kind is None else kind
        return forecast(self.past(cut, rows), self.kinds, kind, self.usual)

    @property
    def usual(self) -> Floats:
        """Return how much busier each kind of day is, of the whole."""
        if self.ahead.usual is None:
            self.ahead.usual = profiles_of(self.past(self.cube.total), self.kinds)[0]
        return self.ahead.usual

    def beside(self, cut: Cut, rows: NDArray[np.int64]) -> Forecast:
        """Forecast parts in proportion to all others: what moves all alike is no noise then."""
        total, in_all = self.past(self.cube.total), self.seen(self.cube.total)
        return beside(self.past(cut, rows), self.seen(cut)[rows], total, in_all, self.kinds, self.kind)

    def parts(self, rows: NDArray[np.int64]) -> Forecast:
        """Forecast rows of all parts, where that was not done ahead."""
        known = taken(self.ahead.parts, rows)
        return self.forecast(self.cube.parts.cut, rows) if known is None else known

    def parts_beside(self, rows: NDArray[np.int64]) -> Forecast:
        """Forecast rows of all parts in proportion to all others, where that was not done ahead."""
        known = taken(self.ahead.beside, rows)
        return self.beside(self.cube.parts.cut, rows) if known is None else known

    def whole(self) -> Forecast:
        if self.ahead.whole is None:
            self.ahead.whole = forecast(self.past(self.cube.total), self.kinds, self.kind)
        return self.ahead.whole

    def newest(self) -> Window:
        """Return the newest third of the hours; itself where there is no third."""
        hours = max(self.hours // 3, 1)
        if self._newest is None:
            self._newest = self if hours == self.hours else Window(self.cube, self.end, hours, self.days)
        return self._newest


@dataclass(slots=True)
class Ahead:
    """What is known of a window already; of parts by their rows, in rising order."""

    usual: Floats | None = None
    whole: Forecast | None = None
    parts: Known = None
    beside: Known = None


def taken(known: Known, rows: NDArray[np.int64]) -> Forecast | None:
    """Return what is known of rows; None where one of them is not."""
    if known is None or not len(known[0]) or not len(rows):
        return None
    at = np.minimum(np.searchsorted(known[0], rows), len(known[0]) - 1)
    return known[1].of(at) if (known[0][at] == rows).all() else None


def beside(
    past: Floats, seen: Floats, total: Floats, seen_in_all: Floats, kinds: NDArray[np.int64], kind: int
) -> Forecast:
    """Forecast parts, one a row, in proportion to the rest of their whole, whose noise is added."""
    others = total - past
    usual = np.maximum(others.mean(1), 1.0)
    now = np.maximum(seen_in_all - seen, 0.0)
    worth = np.maximum(others / usual[:, None], WORTH_LEAST)
    found = forecast(past, kinds, kind, None, (worth, now / usual))
    variance = found.variance + found.mean**2 / np.maximum(now, 1.0)
    return Forecast(found.mean, variance, found.dispersion)


class Lookout:
    """A measure, and the one that it is a rate of; each window of them is made once."""

    def __init__(self, cube: Cube, given: Cube | None = None) -> None:
        self.cube, self.given = cube, given
        self._made: dict[tuple[int, int, int], tuple[Window, Window | None]] = {}

    def windows(self, end: int, hours: int, days: int) -> tuple[Window, Window | None]:
        """Return the hours before an hour, of both."""
        key = (end, hours, days)
        if key not in self._made:
            other = Window(self.given, end, hours, days) if self.given else None
            self._made[key] = Window(self.cube, end, hours, days), other
        return self._made[key]

    def forget(self) -> None:
        """Let go of what was made."""
        self._made.clear()
