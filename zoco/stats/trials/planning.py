"""How many units a trial needs, what it can find, and how long it takes, from the metric's own past."""

import math
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum

import numpy as np
import scipy

from zoco.stats.trials.moments import Estimate, TooFew

UNITS_MOST = 10**12
_NORMAL_FROM = 5_000.0


class OutOfReach(ValueError):
    """No trial of this kind finds that: the message says why."""


class Way(Enum):
    """How an effect comes about, by which the variance moves with the value."""

    STAYS = "stays"
    """By itself: the variance stays."""
    EACH = "each"
    """Each unit brings so much more: what is chance grows as the value does, all else as its square."""
    MORE = "more"
    """More units bring something, each as much as those who did: of a proportion the same as p(1 - p)."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a metric was: its value, and the variance of what one unit tells of it.

    Of a proportion (`is_share`) the variance moves with the value, of all else in its `way`. `doers` is the
    share of units that brought something; `chance` how much of the variance would be left if all units were
    alike: of counts the mean (Poisson), of money nothing. Of a metric that will be adjusted take the adjusted
    variance.
    """

    value: float
    variance: float
    is_share: bool = False
    way: Way = Way.STAYS
    doers: float = 0.0
    chance: float = 0.0

    @classmethod
    def of(cls, estimate: Estimate, way: Way = Way.STAYS, *, chance: float = 0.0) -> "Past":
        """Return the past of a mean, a ratio, a quantile or an adjusted metric."""
        doers = estimate.told / estimate.n
        return cls(estimate.value, estimate.variance, way=way, doers=doers, chance=chance)

    @classmethod
    def of_share(cls, share: float) -> "Past":
        """Return the past of a proportion."""
        return cls(share, share * (1 - share), is_share=True)

    def moved(self, effect: float) -> float:
        """Return the variance where the value is higher by `effect`. Raises OutOfReach."""
        if not self.is_share:
            return self._moved(effect)
        share = self.value + effect
        if not 0 <= share <= 1:
            raise OutOfReach(f"A share of {self.value:g} cannot move by {effect:g}.")
        return share * (1 - share)

    def _moved(self, effect: float) -> float:
        if self.way == Way.STAYS:
            return self.variance
        if not self.value > 0:
            raise OutOfReach("What was nothing cannot grow.")
        by = 1 + effect / self.value
        if self.way == Way.EACH:
            chance = min(self.chance, self.variance)
            return chance * by + (self.variance - chance) * by**2
        if not 0 <= self.doers * by <= 1:
            raise OutOfReach(f"{self.doers:g} of the units did it; {by:g} times as many are not there.")
        return (self.variance + self.value**2) * by - (self.value * by) ** 2


@dataclass(frozen=True, slots=True)
class Design:
    """How a trial is set up: the `weights` of its arms, the control's first, the error and the power.

    With more than two arms each is compared with the control at alpha over the number of comparisons
    (Bonferroni), which Holm's procedure never falls short of. What is planned is the comparison of the arm
    with the smallest weight.
    """

    weights: tuple[float, ...] = (1.0, 1.0)
    alpha: float = 0.05
    power: float = 0.8

    @property
    def level(self) -> float:
        """Return the error of one comparison."""
        return self.alpha / (len(self.weights) - 1)

    @property
    def shares(self) -> tuple[float, float]:
        """Return the shares of all units that the control and the smallest other arm get."""
        whole = sum(self.weights)
        return self.weights[0] / whole, min(self.weights[1:]) / whole

    def spread(self, past: Past, effect: float) -> float:
        """Return the variance of the difference, times the number of all units."""
        control, treatment = self.shares
        return past.variance / control + past.moved(effect) / treatment


@dataclass(frozen=True, slots=True)
class Coming:
    """How many units come: `by_day`, how many there are by the end of each day, each once; then `daily` more.

    Who comes again is no new unit, so that fewer are new the longer a trial runs. The first day is
    one on which somebody came: what was before a site counted anybody is no part of it.
    """

    by_day: tuple[float, ...]
    daily: float

    @property
    def whole(self) -> float:
        """Return how many are there when the days that are known are over."""
        return self.by_day[-1] if self.by_day else 0.0

    def days(self, units: int) -> int:
        """Return how many days so many units take. Raises OutOfReach."""
        if units <= self.whole:
            return bisect_left(self.by_day, units) + 1
        if not self.daily > 0:
            raise OutOfReach("Nobody comes, so a trial never ends.")
        return len(self.by_day) + math.ceil((units - self.whole) / self.daily)


@dataclass(frozen=True, slots=True)
class Plan:
    """Units of all arms together, and days at the daily traffic."""

    units: int
    days: int
    power: float


def power(past: Past, effect: float, units: float, design: Design) -> float:
    """Return how probably Welch's test finds an absolute effect, on either side, with so many units in all.

    By the noncentral t of the difference (J. Cohen, Statistical Power Analysis, 2nd ed., 1988, chapter 2)
    with Welch's degrees of freedom; of normal metrics exact but for these. Raises TooFew where
    an arm gets less than two units, OutOfReach where a share leaves 0 to 1.
    """
    shares = design.shares
    control, treatment = (units * each for each in shares)
    if min(control, treatment) < 2:
        raise TooFew(f"With {units:g} units an arm gets less than two.")
    one, other = past.variance / control, past.moved(effect) / treatment
    freedom = (one + other) ** 2 / (one**2 / (control - 1) + other**2 / (treatment - 1))
    drift = effect / math.sqrt(one + other)
    critical = float(scipy.special.stdtrit(freedom, 1 - design.level / 2))
    if freedom > _NORMAL_FROM:
        return float(scipy.special.ndtr(drift - critical) + scipy.special.ndtr(-critical - drift))
    upper = scipy.stats.nct.sf(critical, freedom, abs(drift))
    return float(upper + np.nan_to_num(scipy.stats.nct.cdf(-critical, freedom, abs(drift))))


def units_for(past: Past, effect: float, design: Design) -> int:
    """Return the smallest number of units of all arms that finds an absolute effect. Raises OutOfReach."""
    if not effect or not math.isfinite(effect) or not design.spread(past, effect) > 0:
        raise OutOfReach("An effect is a number other than 0, of a metric that varies.")
    low = math.ceil(2 / min(design.shares))
    high = low
    while power(past, effect, high, design) < design.power:
        low, high = high, 2 * high
        if high > UNITS_MOST:
            raise OutOfReach("No trial is large enough to find so small an effect.")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(past, effect, middle, design) >= design.power else (middle, high)
    return high


def days_for(units: int, daily: float | Coming) -> int:
    """Return how many days so many units take, of which `daily` come a day. Raises OutOfReach."""
    return (daily if isinstance(daily, Coming) else Coming((), daily)).days(units)


def plan(past: Past, effect: float, design: Design, *, daily: float | Coming) -> Plan:
    """Return what a trial with one look at its end needs. Raises OutOfReach."""
    units = units_for(past, effect, design)
    return Plan(units, days_for(units, daily), power(past, effect, units, design))
