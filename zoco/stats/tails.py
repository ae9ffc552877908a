"""How unlikely a count is: tails and bounds of the negative binomial, by mean and variance.

Poisson where the variance is no larger than the mean.
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

# Beyond this the 2/3 power is as good: its error falls with the root of the mean.
SUMMED_MOST = 50_000.0
REACH = 14.0


def tails(seen: float, mean: float, variance: float) -> tuple[float, float]:
    """Return P(X <= seen) and P(X >= seen) for the negative binomial of a mean and a variance.

    Summed exactly from P(k) = P(k - 1) (k - 1 + r) / k (1 - p), with r = mean² / (variance - mean), p =
    mean / variance (Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005, section 5.2).
    Large means go by X^(2/3), nearly normal (Farrington, Andrews, Beale and Catchpole, J. R. Stat. Soc. A
    159 (1996) 547–563, section 3.5). A `seen` that is no whole number lies between its neighbours.
    """
    if mean <= 0:
        return (1.0, 1.0 if seen <= 0 else 0.0)
    if max(seen, mean) > SUMMED_MOST:
        return _powered(seen, mean, variance)
    mass = _mass(mean, variance, seen)
    low, high = math.floor(seen), math.ceil(seen)
    # Summed from the far end each, so that small tails keep their digits.
    return min(1.0, float(mass[: low + 1].sum())), min(1.0, float(mass[high:][::-1].sum()))


def bounds(mean: float, variance: float, confidence: float) -> tuple[float, float]:
    """Return the two-sided interval that holds at least a share of the negative binomial."""
    if mean <= 0:
        return 0.0, 0.0
    outside = (1 - confidence) / 2
    if mean > SUMMED_MOST:
        z = NormalDist().inv_cdf(1 - outside)
        root, spread = _root(mean, variance)
        return max(root - z * spread, 0.0) ** 1.5, (root + z * spread) ** 1.5
    summed = np.cumsum(_mass(mean, variance, mean))
    return float(np.searchsorted(summed, outside)), float(np.searchsorted(summed, 1 - outside))


def _mass(mean: float, variance: float, seen: float) -> NDArray[np.float64]:
    """Return P(0), P(1) … as far as anything counts."""
    spread = math.sqrt(max(variance, mean))
    last = math.ceil(max(seen, mean) + REACH * spread + REACH**2 * max(variance / mean, 1.0))
    counts = np.arange(1, min(last, 4 * int(SUMMED_MOST)) + 1, dtype=float)
    if variance <= mean * (1 + 1e-9):
        steps = np.log(mean) - np.log(counts)
        first = -mean
    else:
        size, share = mean * mean / (variance - mean), mean / variance
        steps = np.log((counts - 1 + size) / counts) + math.log1p(-share)
        first = size * math.log(share)
    found: NDArray[np.float64] = np.exp(np.concatenate([[first], first + np.cumsum(steps)]))
    return found


def _powered(seen: float, mean: float, variance: float) -> tuple[float, float]:
    root, spread = _root(mean, variance)
    z = (max(seen, 0.0) ** (2 / 3) - root) / spread
    return 0.5 * math.erfc(-z / math.sqrt(2)), 0.5 * math.erfc(z / math.sqrt(2))


def _root(mean: float, variance: float) -> tuple[float, float]:
    """Return mean and standard deviation of X^(2/3) by the delta method."""
    return mean ** (2 / 3), 2 / 3 * mean ** (-1 / 3) * math.sqrt(max(variance, mean))
