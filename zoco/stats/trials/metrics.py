"""Metrics of an arm, each as an estimate: proportion, mean, ratio, revenue drawn in, retention.

The unit is whoever was dealt: a person, a visitor. What counts several things a unit is a ratio.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoco.stats.trials.moments import Estimate, Floats, Moments, NoSpread, TooFew


@dataclass(frozen=True, slots=True)
class DrawnIn:
    """Means of what was drawn in to `cap`, by arm; `moved` is how many units of all lay above."""

    cap: float
    moved: int
    arms: dict[str, Estimate]


def proportion(successes: int, n: int) -> Estimate:
    """Return the share of units to whom it happened. Raises TooFew for less than two units.

    As the mean of ones and zeros, with n - 1 below, so that it is compared as any mean is.
    """
    if n < 2:
        raise TooFew(f"{n} unit has no spread; two are needed.")
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} units is no share.")
    share = successes / n
    return Estimate(n, share, share * (1 - share) * n / (n - 1), min(successes, n - successes))


def mean(moments: Moments, *, events: int | None = None) -> Estimate:
    """Return the mean of the first column; `events` is how many units are not 0, where that is known."""
    return Estimate(moments.n, moments.means[0], float(moments.covariance()[0, 0]), events)


def ratio(moments: Moments, *, events: int | None = None) -> Estimate:
    """Return the sum of the first column over that of the second: clicks a view, revenue an order.

    By the delta method, so that units may have many views that are alike: with R the ratio, a unit tells
    (y - R x) / mean x. Source: Deng, Knoblich and Lu, Applying the delta method in metric analytics,
    KDD 2018, section 3. Raises NoSpread where the denominator is 0.
    """
    value, slope = linearised(moments, is_ratio=True)
    variance = float(slope @ moments.covariance()[:2, :2] @ slope)
    return Estimate(moments.n, value, max(variance, 0.0), events)


def linearised(moments: Moments, *, is_ratio: bool) -> tuple[float, Floats]:
    """Return the metric's value and its slope in the means of its columns, one or two."""
    if not is_ratio:
        return moments.means[0], np.ones(1)
    above, below = moments.means[:2]
    if below == 0:
        raise NoSpread("The denominator of the ratio is 0.")
    value = above / below
    return value, np.array([1 / below, -value / below])


def drawn_in(arms: Mapping[str, ArrayLike], percentile: float) -> DrawnIn:
    """Return means of revenue (one value a unit, 0 for who paid nothing), drawn in from above.

    Whatever exceeds the `percentile` (0.99, set before the trial) of all arms together counts as that much:
    a cap of each arm's own would hide the difference. What is compared is then the mean below the cap. The
    cap is taken as given, which its small error allows (Kohavi, Tang and Xu, Trustworthy Online Controlled
    Experiments, 2020, chapter 18; W. J. Dixon, Ann. Math. Stat. 31 (1960) 385–391, on winsorised means).
    Raises TooFew where an arm has less than two units.
    """
    if not 0 < percentile <= 1:
        raise ValueError(f"{percentile} is no percentile: it lies above 0, up to 1.")
    rows = {key: np.asarray(each, dtype=float) for key, each in arms.items()}
    pooled = np.concatenate(list(rows.values()))
    if not len(pooled):
        raise TooFew("There are no units.")
    cap = float(np.quantile(pooled, percentile, method="inverted_cdf"))
    found = {
        key: mean(Moments.of(np.minimum(each, cap)), events=int(np.count_nonzero(each)))
        for key, each in rows.items()
    }
    return DrawnIn(cap, int((pooled > cap).sum()), found)


def retention(
    exposed: NDArray[np.int64],
    units: NDArray[np.int64],
    days: NDArray[np.int64],
    *,
    window: tuple[int, int],
    until: int,
) -> Estimate:
    """Return the share of units that came back from day `window[0]` to before `window[1]` after exposure.

    `exposed` is the day on which each unit was exposed; visits are `units` (places in `exposed`) and their
    `days`; days are whole numbers on one calendar, known to before `until`. Units whose window is not yet
    full are left out, whether they came back or not: who comes back early would count, who comes late not.
    Raises TooFew where less than two windows are full.
    """
    full = exposed + window[1] <= until
    after = days - exposed[units]
    came = np.zeros(len(exposed), dtype=bool)
    came[units[(after >= window[0]) & (after < window[1])]] = True
    return proportion(int((came & full).sum()), int(full.sum()))
