"""Scores of a bandit's units: their weighted mean, and which means, differences and lifts they rule out.

A usual interval takes the variance where the figures happen to be. An arm that did badly by chance then seems
to vary less too, and a bandit deals it less just then: of arms that are alike such intervals of 95 % held in
93 to 94 of 100 bandits, of small ones in 90. So the variance is that of the hypothesis (a score test), and an
interval is what no such test rules out: of shares p(1 - p); of means it goes along with the mean, from what
it is where the arm's own mean is. Sources: E. B. Wilson, JASA 22 (1927) 209–212; Miettinen and Nurminen,
Comparative analysis of two rates, Statistics in Medicine 4 (1985) 213–226; variance in proportion to the
mean: McCullagh and Nelder, Generalized Linear Models (1989), 9.2.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from zoco.stats.trials.comparing import Bounds, Lift, Shape
from zoco.stats.trials.moments import Estimate, Floats, NoSpread, TooFew

WIDER_MOST = 60
"""So often a step is doubled until a bound is passed; what is not passed then has none."""
STEP_LEAST = 1e-9
Excess = Callable[[float], float]
"""By how much a hypothesis is ruled out; not above 0 where it is not."""


@dataclass(frozen=True)
class Scores:
    """Sums of units of some arms, by batch (first axis) and arm (second one).

    `size` counts all units of a batch, `weight` is what each of their scores weighs, `usual` what was thought
    of an arm before its values were seen: a unit's scores are `usual`, and that of the arm that it was dealt
    is moved by (value - usual) / share.
    """

    size: Floats
    weight: Floats
    share: Floats
    usual: Floats
    n: Floats
    totals: Floats
    squares: Floats
    is_share: bool

    @cached_property
    def whole(self) -> float:
        """All that scores weigh together."""
        return float(self.weight @ self.size)

    @cached_property
    def values(self) -> Floats:
        """Weighted means of scores, one an arm."""
        found: Floats = self.weight @ (self.size[:, None] * self.usual + self._moved) / self.whole
        return found

    @property
    def _moved(self) -> Floats:
        return (self.totals - self.n * self.usual) / self.share

    def estimate(self) -> Estimate:
        """Return the first arm's value, with the variance that its scores show."""
        usual, share, value = self.usual[:, 0], self.share[:, 0], float(self.values[0])
        totals, gap = self.totals[:, 0], usual - value
        own = (self.squares[:, 0] - 2 * usual * totals + self.n[:, 0] * usual**2) / share**2
        spread = float(self.weight**2 @ (self.size * gap**2 + 2 * gap * self._moved[:, 0] + own))
        count = int(self.size.sum())
        return Estimate(count, value, spread / self.whole**2 * count)

    def variance(self, means: Floats, times: Floats) -> float:
        """Return the variance of the sum of values, each taken so many `times`, if arms had these means."""
        gap = means - self.usual
        heavy = self.weight**2 * self.size / self.whole**2
        whole = ((self.spread(means) + gap**2) * times**2 / self.share).sum(axis=1)
        return float(heavy @ (whole - (gap @ times) ** 2))

    def spread(self, means: Floats) -> Floats:
        """Return how a unit's value varies in each arm, if arms had these means."""
        if self.is_share:
            return np.asarray(means * (1 - means))
        mean, spread = self._own
        return np.asarray(spread * means / mean)

    @cached_property
    def _own(self) -> tuple[Floats, Floats]:
        """Each arm's own mean and variance, its units weighed as the variance of values weighs them."""
        heavy = (self.weight[:, None] / self.share) ** 2
        n, totals, squares = ((heavy * each).sum(axis=0) for each in (self.n, self.totals, self.squares))
        mean = totals / n
        if not (mean > 0).all():
            raise TooFew("An honest figure needs arms whose mean lies above 0.")
        return mean, np.maximum(squares / n - mean**2, 0.0)

    def within(self, means: Floats) -> Floats:
        return np.clip(means, 0.0, 1.0 if self.is_share else None)

    def apart(self, difference: float) -> Floats:
        """Return the means of both arms if they differ by this: with all their units' mean as it is."""
        n = self.n.sum(axis=0)
        return self.within(self.totals.sum() / n.sum() + difference * np.array([-n[1], n[0]]) / n.sum())

    def times(self, ratio: float) -> Floats:
        """Return the means of both arms if the second is so many times the first, their sum as it is."""
        ratio, n = max(ratio, 0.0), self.n.sum(axis=0)
        return self.within(self.totals.sum() / (n[0] + ratio * n[1]) * np.array([1.0, ratio]))


def of_one(found: Scores, critical: float) -> Bounds:
    """Return all means of an arm that are not ruled out, as `bandits.interval` has them to be measured."""
    value = float(found.values[0])

    def excess(mean: float) -> float:
        spread = found.variance(found.within(np.array([mean])), np.ones(1))
        return (value - mean) ** 2 - critical**2 * spread

    step = math.sqrt(found.variance(found.within(np.array([value])), np.ones(1)))
    low, high = (_edge(excess, value, value, sign * max(step, STEP_LEAST)) for sign in (-1, 1))
    return max(low, 0.0), min(high, 1.0) if found.is_share else high


def of_difference(found: Scores, critical: float) -> tuple[float, Bounds]:
    """Return the p-value of no difference, and all differences of the two arms that are not ruled out."""
    difference = float(found.values[1] - found.values[0])
    signs = np.array([-1.0, 1.0])
    alike = found.variance(found.apart(0.0), signs)
    if not alike > 0:
        raise NoSpread("All units of both arms are alike; nothing can be said of their difference.")

    def excess(other: float) -> float:
        return (difference - other) ** 2 - critical**2 * found.variance(found.apart(other), signs)

    step = math.sqrt(alike)
    p = float(2 * scipy.special.ndtr(-abs(difference) / step))
    low, high = (_edge(excess, difference, 0.0, sign * step) for sign in (-1, 1))
    if not math.isfinite(high - low):
        raise TooFew("An honest figure needs more units, or larger shares of them for each arm.")
    return p, (low, high)


def of_lift(found: Scores, critical: float) -> Lift | None:
    """Return the relative lift with all that are not ruled out; None where nothing at all was done.

    With the same test as the difference, so that it leaves out 0 exactly when that does.
    """
    control, treatment = (float(each) for each in found.values)
    if not found.totals.sum() > 0:
        return None

    def excess(ratio: float) -> float:
        spread = found.variance(found.times(ratio), np.array([-ratio, 1.0]))
        return (treatment - ratio * control) ** 2 - critical**2 * spread

    if control <= 0 or treatment < 0:
        is_open = excess(1.0) <= 0
        return Lift(math.nan, Shape.EVERYTHING if is_open else Shape.OUTSIDE, -math.inf, math.inf)
    ratio = treatment / control
    low, high = (_edge(excess, ratio, 1.0, sign * max(ratio, STEP_LEAST) / 8) for sign in (-1, 1))
    return Lift(ratio - 1, Shape.BETWEEN, max(low, 0.0) - 1, high - 1)


def _edge(excess: Excess, value: float, null: float, step: float) -> float:
    """Return where hypotheses begin to be ruled out from `value` in the direction of `step`, else infinity.

    The edge lies beyond `null` exactly when that is not ruled out, so that intervals say what the test says.
    """
    inside = value
    if (null - value) * step > 0:
        if excess(null) > 0:
            return float(scipy.optimize.brentq(excess, value, null))
        inside = null
    for _ in range(WIDER_MOST):
        if excess(inside + step) > 0:
            return float(scipy.optimize.brentq(excess, inside, inside + step))
        inside, step = inside + step, 2 * step
    return math.copysign(math.inf, step)
