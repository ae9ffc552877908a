"""What a media mix model is fitted to: spending by channel, an outcome and what else may explain it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class BadSeries(ValueError):
    """Numbers that no model can be fitted to: their shape, something missing, negative or never changing."""


def _nothing() -> Floats:
    return np.empty((0, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Equal periods in the order of time, one row each.

    `spend` is (periods, channels) in money, 0 or more; `outcome` (periods,) is revenue or conversions, 0 or
    more. `controls` (periods, k) are any numbers; `holidays` (periods, k) are 0 or 1, or the share of the
    period that is one. Without any, both may be left out. The first `run_in` rows tell of spending that still
    works later; their outcomes, controls and holidays are not looked at.

    Raises BadSeries.
    """

    channels: tuple[str, ...]
    spend: Floats
    outcome: Floats
    controls: Floats = field(default_factory=_nothing)
    control_names: tuple[str, ...] = ()
    holidays: Floats = field(default_factory=_nothing)
    holiday_names: tuple[str, ...] = ()
    run_in: int = 0

    def __post_init__(self) -> None:
        """Check shapes and numbers."""
        if self.spend.ndim != 2 or self.spend.shape[1] != len(self.channels) or not self.channels:
            raise BadSeries("Spending has a row a period and a column a channel, and at least one channel.")
        names = (*self.channels, *self.control_names, *self.holiday_names)
        if len(set(names)) != len(names):
            raise BadSeries("Each channel, control and holiday has a name of its own.")
        if self.outcome.shape != self.spend.shape[:1] or not 0 <= self.run_in <= len(self.outcome):
            raise BadSeries("There is one outcome for each period, and a run-in no longer than all of them.")
        for kind, table, named in (
            ("Controls", self.controls, self.control_names),
            ("Holidays", self.holidays, self.holiday_names),
        ):
            if (named or table.size) and table.shape != (len(self.outcome), len(named)):
                raise BadSeries(f"{kind} have a row a period and a column a name.")
            if not np.isfinite(table).all():
                raise BadSeries(f"{kind} have a number in every period.")
        self._amounts()

    def _amounts(self) -> None:
        for name, column in (*zip(self.channels, self.spend.T, strict=True), ("The outcome", self.outcome)):
            if not np.isfinite(column).all():
                raise BadSeries(f"{name}: there is no number in some period; say 0 where it was nothing.")
            if (column < 0).any():
                raise BadSeries(f"{name}: a number is below 0; book refunds to the period of their sale.")
        if self.holidays.size and not ((self.holidays >= 0) & (self.holidays <= 1)).all():
            raise BadSeries("Holidays are 0, 1 or a share between them.")

    @property
    def periods(self) -> int:
        """How many periods the model is fitted to."""
        return len(self.outcome) - self.run_in

    @property
    def units(self) -> Floats:
        """The mean spend of each channel over the periods in which anything was spent on it."""
        spent = (self.spend > 0).sum(axis=0)
        found: Floats = self.spend.sum(axis=0) / np.maximum(spent, 1)
        return found

    @property
    def unit(self) -> float:
        """The mean outcome of the periods that the model is fitted to."""
        return float(self.outcome[self.run_in :].mean())

    def place(self, channel: str) -> int:
        """Return the column of a channel. Raises BadSeries where there is none."""
        if channel not in self.channels:
            raise BadSeries(f"There is no channel {channel}.")
        return self.channels.index(channel)
