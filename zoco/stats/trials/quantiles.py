"""A quantile as an arm's metric: the wait of the slowest tenth, with units that wait many times."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoco.stats.proportions import normal_quantile
from zoco.stats.quantiles import ranks
from zoco.stats.trials.metrics import ratio
from zoco.stats.trials.moments import Estimate, Floats, Moments, NoSpread, TooFew

ROWS_LEAST = 100


def quantile(values: ArrayLike, share: float, units: NDArray[np.int64] | None = None) -> Estimate:
    """Return the quantile of values, at `share` from 0 to 1; `units` says whose each value is.

    Without units each value is one of its own. The value's variance is ((U - L) / 2z)², with L and U the
    order statistics that hold the quantile were all values independent, times what clusters add: the delta
    method's variance of the share below the quantile, over that of independent values. Source: Deng,
    Knoblich and Lu, KDD 2018, section 4. Of ties at the quantile (prices, whole seconds) the variance may
    be 0, and nothing is compared. Raises TooFew for less than 100 values.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    size = len(ordered)
    low, high = ranks(float(size), share)
    if size < ROWS_LEAST or low < 1 or high + 1 > size:
        raise TooFew(f"{size} values are too few for the quantile at {share}.")
    # Rounded outwards, counted from 1: L = floor, U = ceil + 1 as the paper has it.
    width = float(ordered[int(np.ceil(high))] - ordered[int(np.floor(low)) - 1])
    value = float(ordered[int(np.ceil(size * share)) - 1])
    variance = (width / (2 * normal_quantile())) ** 2
    if units is None:
        return Estimate(size, value, variance * size)
    below = (np.asarray(values, dtype=float) <= value).astype(float)
    n, more = _clustered(below, units)
    return Estimate(n, value, variance * more * n)


def _clustered(below: Floats, units: NDArray[np.int64]) -> tuple[int, float]:
    """Return how many units there are, and how many times the variance of independent values theirs is."""
    _, whose = np.unique(units, return_inverse=True)
    moments = Moments.of(np.bincount(whose, weights=below), np.bincount(whose).astype(float))
    share = moments.means[0] / moments.means[1]
    if not 0 < share < 1:
        raise NoSpread("All values lie on one side of the quantile.")
    return moments.n, ratio(moments).variance / moments.n / (share * (1 - share) / len(below))
