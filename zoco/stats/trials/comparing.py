"""Two arms compared: one test of the difference, and two intervals that say the same as it does.

The absolute difference is what is tested. The relative lift is an interval by Fieller with the same critical
value: it leaves out 0 exactly when the interval of the difference does, whatever is shown.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from zoco.stats.trials.moments import Estimate, NoSpread

CONFIDENCE = 0.95
Bounds = tuple[float, float]


class Shape(StrEnum):
    """What a set of lifts looks like. Only one that is `BETWEEN` two bounds can be shown as an interval."""

    BETWEEN = "between"
    OUTSIDE = "outside"
    """All lifts up to `low`, and all from `high` on: the control may be 0, the difference is sure."""
    EVERYTHING = "everything"
    """No lift at all is ruled out: the control may be 0."""


@dataclass(frozen=True, slots=True)
class Lift:
    """The relative difference, 0.1 for 10 % more, nan to a control of 0; and the set that holds it."""

    value: float
    shape: Shape
    low: float
    high: float

    @property
    def is_bounded(self) -> bool:
        """Return whether there is an interval to show."""
        return self.shape is Shape.BETWEEN and math.isfinite(self.low) and math.isfinite(self.high)

    def holds(self, lift: float) -> bool:
        """Return whether a lift is in the set."""
        if self.shape is Shape.EVERYTHING:
            return True
        if self.shape is Shape.OUTSIDE:
            return lift <= self.low or lift >= self.high
        return self.low <= lift <= self.high


@dataclass(frozen=True, slots=True)
class Figure:
    """A treatment against a control: the difference, its interval, its p-value, and the relative lift.

    `p` is two-sided and of the difference; there is no other. `lift` is None where the control is exactly 0
    in all units: nothing is relative to it. A figure that `is_live` holds at every look, another at one.
    """

    difference: float
    interval: Bounds
    p: float
    lift: Lift | None
    confidence: float
    is_live: bool
    n: int

    def is_sure(self) -> bool:
        """Return whether the interval leaves out 0, which is when p is at most 1 - confidence."""
        return not self.interval[0] <= 0 <= self.interval[1]


def apart(control: Estimate, treatment: Estimate, covariance: float = 0.0) -> tuple[float, float]:
    """Return the difference and its standard error. Raises NoSpread where all units are alike.

    `covariance` is that of the two values; arms of units dealt at random once have none.
    """
    error = math.sqrt(max(control.error**2 + treatment.error**2 - 2 * covariance, 0.0))
    if not error > 0:
        raise NoSpread("All units of both arms are alike; nothing can be said of their difference.")
    return treatment.value - control.value, error


def steadied(control: Estimate, treatment: Estimate, least: int) -> tuple[Estimate, Estimate]:
    """Return the arms; one of less than `least` events has at least the variance of a unit that both have.

    Where something rare happened to nobody yet, the arm's own variance is 0 and any difference looks sure: of
    A/A trials of 1 % with a tenth of the units in one arm, 19 of 100 called a difference at 100 looks.
    """
    n = control.n + treatment.n
    both = (control.n * control.variance + treatment.n * treatment.variance) / n
    first, second = (
        replace(each, variance=max(each.variance, both)) if each.told < least else each
        for each in (control, treatment)
    )
    return first, second


def figured(
    control: Estimate,
    treatment: Estimate,
    *,
    critical: float,
    p: float,
    confidence: float,
    is_live: bool,
    covariance: float = 0.0,
) -> Figure:
    """Return the figure with intervals that reach `critical` standard errors. Raises NoSpread."""
    difference, error = apart(control, treatment, covariance)
    reach = critical * error
    return Figure(
        difference,
        (difference - reach, difference + reach),
        p,
        fieller(control, treatment, critical, covariance),
        confidence,
        is_live,
        control.n + treatment.n,
    )


def fieller(control: Estimate, treatment: Estimate, critical: float, covariance: float = 0.0) -> Lift | None:
    """Return the relative lift with its set; None for a control of 0 without spread.

    It holds each ratio r with (T - r C)² <= c² (V_T - 2 r V_TC + r² V_C). Source: E. C. Fieller, Some
    problems in interval estimation, J. R. Stat. Soc. B 16 (1954) 175–185. Where C is not c standard
    errors from 0 the set is no interval: the outside of one, or everything.
    """
    c, t = control.value, treatment.value
    if c == 0 and control.variance == 0:
        return None
    value = t / c - 1 if c else math.nan
    # sure r² - 2 middle r + rest <= 0
    sure = c * c - (critical * control.error) ** 2
    middle = c * t - critical**2 * covariance
    rest = t * t - (critical * treatment.error) ** 2
    root = middle * middle - sure * rest
    if sure > 0:
        half = math.sqrt(max(root, 0.0)) / sure
        return Lift(value, Shape.BETWEEN, middle / sure - half - 1, middle / sure + half - 1)
    if sure == 0 and middle != 0:
        edge = rest / (2 * middle) - 1
        low, high = (edge, math.inf) if middle > 0 else (-math.inf, edge)
        return Lift(value, Shape.BETWEEN, low, high)
    if root <= 0:
        return Lift(value, Shape.EVERYTHING, -math.inf, math.inf)
    half = math.sqrt(root) / -sure
    return Lift(value, Shape.OUTSIDE, middle / sure - half - 1, middle / sure + half - 1)
