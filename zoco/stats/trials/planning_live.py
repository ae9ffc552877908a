"""How long a trial takes that is looked at every day, and stops once its live figure is sure.

By simulation with a fixed seed of what the difference does as units come in: a Brownian motion with drift,
which it is but for few units. The Monte Carlo error is stated.
"""

import math
from dataclasses import dataclass

import numpy as np

from zoco.stats.trials.live import critical
from zoco.stats.trials.moments import Floats
from zoco.stats.trials.planning import Coming, Design, OutOfReach, Past, days_for

PATHS = 20_000
SEED = 20_260_101
LOOKS_MOST = 100
LOOKS_FIRST = 30


@dataclass(frozen=True, slots=True)
class Course:
    """How probably the effect is found by the end, the `error` of that (one standard deviation).

    `expected` is which share of the planned units has been seen on the average when the trial stops.
    """

    power: float
    error: float
    expected: float


@dataclass(frozen=True, slots=True)
class LivePlan:
    """Units and days at most, and on the average if the effect is as planned."""

    units: int
    days: int
    units_expected: int
    days_expected: int
    course: Course


def course(drift: float, looks: int, level: float) -> Course:
    """Return what becomes of a trial whose difference is `drift` standard errors at its planned end.

    Looks are evenly spaced; what is found on the wrong side counts as not found.
    """
    is_found = _needed(looks, level) <= abs(drift)
    ever = is_found.any(axis=1)
    stopped = np.where(ever, is_found.argmax(axis=1) + 1, looks)
    share = float(ever.mean())
    return Course(share, math.sqrt(share * (1 - share) / PATHS), float(stopped.mean()) / looks)


def drift_for(looks: int, level: float, power: float) -> float:
    """Return how many standard errors a difference must be at the planned end to be found by then."""
    least = _needed(looks, level).min(axis=1)
    return float(np.quantile(least, power, method="inverted_cdf"))


def course_of(past: Past, effect: float, units: int, design: Design, *, looks: int) -> Course:
    """Return what becomes of a trial of so many units in all with this absolute effect."""
    spread = design.spread(past, effect)
    if not spread > 0:
        raise OutOfReach("The metric does not vary.")
    return course(effect / math.sqrt(spread / units), looks, design.level)


def plan_live(past: Past, effect: float, design: Design, *, daily: float | Coming) -> LivePlan:
    """Return what a trial needs that is looked at daily (of a long one, a hundred times). Raises OutOfReach.

    Its most is more than what one look at the end needs, the price of stopping early: on the average
    it takes less than that most, and much less where the effect is larger than planned.
    """
    if not effect or not math.isfinite(effect) or not design.spread(past, effect) > 0:
        raise OutOfReach("An effect is a number other than 0, of a metric that varies.")
    looks = LOOKS_FIRST
    for _ in range(3):
        drift = drift_for(looks, design.level, design.power)
        units = math.ceil(drift**2 * design.spread(past, effect) / effect**2)
        days = days_for(units, daily)
        looks = min(days, LOOKS_MOST)
    found = course_of(past, effect, units, design, looks=looks)
    expected = math.ceil(units * found.expected)
    return LivePlan(units, days, expected, days_for(expected, daily), found)


def _needed(looks: int, level: float) -> Floats:
    """Return of each path and look the least drift with which the difference is sure by then."""
    steps = np.random.default_rng(SEED).standard_normal((PATHS, looks))
    shares = np.arange(1, looks + 1) / looks
    walked = np.cumsum(steps, axis=1) / math.sqrt(looks)
    edge = critical(np.arange(1, looks + 1), looks, 1 - level)
    # Sure at a look: drift sqrt(f) + W(f) / sqrt(f) >= edge.
    found: Floats = edge / np.sqrt(shares) - walked / shares
    return found
