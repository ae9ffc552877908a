"""The counts of the last hours, and of the same hours of the days before."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zoco.monitor.alarms.cube import Cube, Cut
from zoco.stats.seasonal import Forecast, forecast, profile_of

Floats = NDArray[np.float64]
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
    _whole: Forecast | None = field(init=False, default=None)
    _usual: Floats | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        gap = -(-self.hours // 24)
        back = np.arange(self.days, gap - 1, -1)
        ends = self.end - 24 * back
        self.ends = ends[ends >= self.hours]
        self.kinds = (self.cube.first.weekday() + (self.ends - 1) // 24) % 7

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
        if self._usual is None:
            self._usual = profile_of(self.past(self.cube.total), self.kinds)
        return forecast(self.past(cut, rows), self.kinds, self.kind if kind is None else kind, self._usual)

    def beside(self, cut: Cut, rows: NDArray[np.int64]) -> Forecast:
        """Forecast parts in proportion to all others: what moves all alike is no noise then."""
        past, total = self.past(cut, rows), self.past(self.cube.total)
        others = total - past
        usual = np.maximum(others.mean(1), 1.0)
        now = np.maximum(self.seen(self.cube.total)[0] - self.seen(cut)[rows], 0.0)
        worth = np.maximum(others / usual[:, None], WORTH_LEAST)
        found = forecast(past, self.kinds, self.kind, None, (worth, now / usual))
        variance = found.variance + found.mean**2 / np.maximum(now, 1.0)
        return Forecast(found.mean, variance, found.dispersion)

    def whole(self) -> Forecast:
        if self._whole is None:
            self._whole = forecast(self.past(self.cube.total), self.kinds, self.kind)
        return self._whole
