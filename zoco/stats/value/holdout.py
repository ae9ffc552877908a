"""How well a model tells what came after it was fitted: by period, and by how often somebody had bought."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.value.buying import Buying
from zoco.stats.value.histories import DIGITS, Buyers, Histories

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TOGETHER = 7


class NoPurchases(ValueError):
    """Nobody bought anything there, so that no error can be a share of it."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """Repeat purchases of all, cumulative at the end of each period, as they were and as expected.

    `expected` knows nobody's purchases but the first: it is the sum of E[X(t - first)].
    """

    actual: Floats
    expected: Floats

    def error(self, since: int, until: int) -> float:
        """Return in percent how many more (less than 0: fewer) are expected after `since` up to `until`.

        Both count periods; raises NoPurchases where there were none.
        """
        actual, expected = (self._within(column, since, until) for column in (self.actual, self.expected))
        return _percent(actual, expected)

    @staticmethod
    def _within(column: Floats, since: int, until: int) -> float:
        before = float(column[since - 1]) if since else 0.0
        return float(column[until - 1]) - before


@dataclass(frozen=True, slots=True)
class Holdout:
    """Purchases after the calibration by how many repeat purchases there were in it, means per customer.

    The last row is of `purchases` or more. `error` is that of the sum over all customers, in percent.
    """

    purchases: Ints
    customers: Ints
    actual: Floats
    expected: Floats
    error: float


def tracked(model: Buying, first: Floats, repeats: Floats, periods: int) -> Tracking:
    """Return repeat purchases by period: `first` is when each customer bought first, `repeats` when again.

    Times are in periods from the start of the first; a purchase at the very end of a period is in it.
    """
    ends = np.arange(1, periods + 1, dtype=np.float64)
    actual = np.searchsorted(np.sort(repeats), ends, side="right").astype(np.float64)
    births, counts = np.unique(np.round(first, DIGITS), return_counts=True)
    ages: Floats = np.round(np.maximum(ends[:, None] - births, 0.0), DIGITS).astype(np.float64)
    each, places = np.unique(ages, return_inverse=True)
    expected = model.fresh(each)[places.reshape(ages.shape)] @ counts
    return Tracking(actual, expected)


def held_out(model: Buying, before: Histories, after: Floats, periods: float) -> Holdout:
    """Return conditional expectations against what was bought in the `periods` after the calibration.

    `before` are histories of one customer a row, `after` the purchases of each after it. Raises
    NoPurchases where nobody bought anything.
    """
    expected = model.expected(before, periods)
    group = np.minimum(before.purchases, TOGETHER).astype(np.int64)
    customers = np.bincount(group, weights=before.customers)
    seen = np.flatnonzero(customers)
    actual = np.bincount(group, weights=after * before.customers)
    told = np.bincount(group, weights=expected * before.customers)
    return Holdout(
        seen,
        customers[seen].astype(np.int64),
        actual[seen] / customers[seen],
        told[seen] / customers[seen],
        _percent(float(actual.sum()), float(told.sum())),
    )


def bought_after(calibration: Buyers, whole: Buyers) -> Floats:
    """Return how often each customer of the calibration bought after it, from both views of one log."""
    places = np.searchsorted(whole.ids, calibration.ids)
    return whole.histories.purchases[places] - calibration.histories.purchases


def _percent(actual: float, expected: float) -> float:
    if actual <= 0:
        raise NoPurchases("Nobody bought anything in this time, so there is no error in percent of it.")
    return 100 * (expected - actual) / actual
