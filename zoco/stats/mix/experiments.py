"""Lift tests and trials: what was seen when the spending of a channel was changed on purpose."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.mix.series import Series

Floats = NDArray[np.float64]


class BadExperiment(ValueError):
    """An experiment that does not fit to the series."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """In rows `since` to before `until`, `change` of money was spent more on a channel, or less if below 0.

    `effect` is how much the sum of outcomes was higher for it in rows `since` to before `measured`, with its
    standard error `error`; `measured` is `until` unless the test watched for longer. The change is against
    what the series says was spent, spread in proportion to it, or evenly where nothing was: a region that
    went dark is a change of minus what the whole spent, with effect and error scaled to the whole.
    """

    channel: str
    since: int
    until: int
    change: float
    effect: float
    error: float
    measured: int | None = None

    @property
    def measured_until(self) -> int:
        """The row before which the measuring ended."""
        return self.until if self.measured is None else self.measured

    def spent(self, column: Floats) -> Floats:
        """Return the spending of the channel with the change in it."""
        rows = slice(self.since, self.until)
        total = float(column[rows].sum())
        found = column.copy()
        if total > 0:
            # 1 - 1 is 0, and what is left of a whole sum taken away is not below it.
            found[rows] = column[rows] * max(1 + self.change / total, 0.0)
        else:
            found[rows] = self.change / (self.until - self.since)
        return found

    def check(self, series: Series) -> None:
        """Raise BadExperiment unless it can be of this series."""
        if self.channel not in series.channels:
            raise BadExperiment(f"There is no channel {self.channel} that an experiment could be of.")
        ends = (self.until, self.measured_until)
        if not (0 <= self.since < self.until <= ends[1] <= len(series.outcome)):
            raise BadExperiment(f"{self.channel}: an experiment begins before it ends, within the series.")
        if not (np.isfinite([self.change, self.effect, self.error]).all() and self.error > 0):
            raise BadExperiment(f"{self.channel}: change and effect are numbers, and the error is above 0.")
        spent = float(series.spend[self.since : self.until, series.place(self.channel)].sum())
        if self.change == 0 or self.change < -spent * (1 + 1e-9):
            raise BadExperiment(
                f"{self.channel}: an experiment changes spending, and takes away at most "
                f"the {spent:g} spent then."
            )
