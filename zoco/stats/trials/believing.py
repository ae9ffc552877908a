"""The Bayesian view: how probably an arm is the best, what choosing it may cost, where its lift lies.

All by integration over one dimension: no seed, no Monte Carlo error, right to eight digits where the a and b
of proportions are 1 or more, as after a prior of `Beta(1, 1)`. A prior is stated with each figure. None of it
is corrected for looking often: a probability of 95 % met at one of many looks is wrong more often than one
time in twenty where the prior is not true.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy

from zoco.stats.trials.comparing import CONFIDENCE, Bounds
from zoco.stats.trials.moments import Estimate, Floats, NoSpread

_BELOW = np.array([1e-14, 1e-10, 1e-7, 1e-5, 1e-3, 0.01, 0.05, 0.2])
_SHARES = np.concatenate([_BELOW, [0.5], 1 - _BELOW[::-1]])
_NODES = 16


class Belief(Protocol):
    """What is believed of an arm's metric."""

    @property
    def mean(self) -> float:
        """Return its expectation."""
        ...

    def below(self, at: Floats) -> Floats:
        """Return how probably it is at most this."""
        ...

    def density(self, at: Floats) -> Floats:
        """Return how dense it is."""
        ...

    def at(self, share: Floats) -> Floats:
        """Return the quantile at a share."""
        ...


@dataclass(frozen=True, slots=True)
class Beta:
    """What is believed of a proportion; `Beta(1, 1)` is that all are alike likely."""

    a: float = 1.0
    b: float = 1.0

    def after(self, successes: int, n: int) -> "Beta":
        """Return what is believed once it happened to so many of n units."""
        return Beta(self.a + successes, self.b + n - successes)

    @property
    def mean(self) -> float:
        """Return the expectation."""
        return self.a / (self.a + self.b)

    def below(self, at: Floats) -> Floats:
        """Return the distribution function."""
        found: Floats = scipy.special.betainc(self.a, self.b, np.clip(at, 0.0, 1.0))
        return found

    def density(self, at: Floats) -> Floats:
        """Return the density, from 0 to 1."""
        inside = np.clip(at, 1e-300, 1 - 1e-16)
        logs = scipy.special.xlogy(self.a - 1, inside) + scipy.special.xlog1py(self.b - 1, -inside)
        found: Floats = np.exp(logs - scipy.special.betaln(self.a, self.b))
        return found

    def at(self, share: Floats) -> Floats:
        """Return quantiles."""
        found: Floats = scipy.special.betaincinv(self.a, self.b, share)
        return found


@dataclass(frozen=True, slots=True)
class Normal:
    """What is believed of a mean or a ratio; an infinite `deviation` is that nothing was known."""

    mean: float = 0.0
    deviation: float = math.inf

    def after(self, estimate: Estimate) -> "Normal":
        """Return what is believed once an arm was seen, its standard error taken as known.

        Source: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), section 2.5.
        Raises NoSpread where all units are alike.
        """
        if not estimate.variance > 0:
            raise NoSpread("All units of an arm are alike.")
        own, prior = 1 / estimate.error**2, 1 / self.deviation**2
        return Normal((own * estimate.value + prior * self.mean) / (own + prior), (own + prior) ** -0.5)

    def below(self, at: Floats) -> Floats:
        """Return the distribution function."""
        found: Floats = scipy.special.ndtr((at - self.mean) / self.deviation)
        return found

    def density(self, at: Floats) -> Floats:
        """Return the density."""
        z = (at - self.mean) / self.deviation
        found: Floats = np.exp(-0.5 * z * z) / (self.deviation * math.sqrt(2 * math.pi))
        return found

    def at(self, share: Floats) -> Floats:
        """Return quantiles."""
        found: Floats = self.mean + self.deviation * scipy.special.ndtri(share)
        return found


@dataclass(frozen=True, slots=True)
class Believed:
    """Of an arm: its `mean`, how probably it is the `best`, and what choosing it costs on the average.

    `loss` is in the metric's own units: the expectation of how much the best arm is better. `lift` is the
    credible interval of the relative difference with the control; None for the control itself, and
    where the control may be 0 or below.
    """

    mean: float
    best: float
    loss: float
    lift: Bounds | None


def believed(
    arms: Mapping[str, Belief],
    control: str,
    *,
    confidence: float = CONFIDENCE,
    is_higher_better: bool = True,
) -> dict[str, Believed]:
    """Return the view of each arm, from what is believed of each once its units were seen."""
    return {
        key: Believed(
            each.mean,
            best_probability(arms, key, is_higher_better=is_higher_better),
            expected_loss(arms, key, is_higher_better=is_higher_better),
            None if key == control else credible_lift(arms[control], each, confidence),
        )
        for key, each in arms.items()
    }


def best_probability(arms: Mapping[str, Belief], key: str, *, is_higher_better: bool = True) -> float:
    """Return the integral of the product of the others' distribution functions over the arm's own."""
    at, weights = _line(arms.values())
    chance = weights @ (arms[key].density(at) * _worse(arms, key, at, is_higher_better))
    return float(np.clip(chance, 0.0, 1.0))


def expected_loss(arms: Mapping[str, Belief], key: str, *, is_higher_better: bool = True) -> float:
    """Return E[max(others, own) - own], the integral of F_own (1 - product of F_others); mirrored for lower.

    Source: C. Stucchio, Bayesian A/B testing at VWO (2015), on the loss; here as one integral.
    """
    at, weights = _line(arms.values())
    own = arms[key].below(at)
    passed = own if is_higher_better else 1 - own
    return float(weights @ (passed * (1 - _worse(arms, key, at, is_higher_better))))


def credible_lift(control: Belief, treatment: Belief, confidence: float = CONFIDENCE) -> Bounds | None:
    """Return the interval with equal tails of treatment / control - 1, arms independent.

    None where the control is not surely above 0: more than one in a million lies below.
    """
    if not float(control.at(np.array([1e-6]))[0]) > 0:
        return None
    edges, steps = control.at(_SHARES), treatment.at(_SHARES)
    edges = edges[edges > 0]

    def missing(lift: float, share: float) -> float:
        """Return P(treatment <= (1 + lift) control) less a share, with edges where the treatment rises."""
        moved = steps / (1 + lift) if lift > -1 else steps[:0]
        inside = moved[(moved > edges[0]) & (moved < edges[-1])]
        at, weights = _panels(np.unique(np.concatenate([edges, inside])))
        return float(weights @ (control.density(at) * treatment.below((1 + lift) * at))) - share

    low, high = (float(each) - 1 for each in _reach(edges, steps))
    outside = (1 - confidence) / 2
    return (
        float(scipy.optimize.brentq(missing, low, high, args=(outside,), xtol=1e-12)),
        float(scipy.optimize.brentq(missing, low, high, args=(1 - outside,), xtol=1e-12)),
    )


def _reach(control: Floats, treatment: Floats) -> Bounds:
    """Return the least and the largest ratio that there may be."""
    ratios = [float(t / c) for t in (treatment[0], treatment[-1]) for c in (control[0], control[-1])]
    return min(ratios), max(ratios)


def _worse(arms: Mapping[str, Belief], key: str, at: Floats, is_higher_better: bool) -> Floats:
    """Return how probably all other arms are worse than each of these values."""
    found = np.ones_like(at)
    for other, each in arms.items():
        if other != key:
            below = each.below(at)
            found = found * (below if is_higher_better else 1 - below)
    return found


def _line(arms: Iterable[Belief]) -> tuple[Floats, Floats]:
    """Return nodes and weights on the metric's values, with edges at quantiles of each arm."""
    return _panels(np.unique(np.concatenate([each.at(_SHARES) for each in arms])))


def _panels(edges: Floats) -> tuple[Floats, Floats]:
    """Return nodes and weights of Gauss and Legendre between edges; on logarithms between far ones."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    low, high = edges[:-1, None], edges[1:, None]
    is_far = (low > 0) & (high > 4 * low)
    plain = (low + high) / 2 + (high - low) / 2 * nodes
    logs = np.log(np.where(is_far, low, 1.0)), np.log(np.where(is_far, high, 1.0))
    far = np.exp((logs[0] + logs[1]) / 2 + (logs[1] - logs[0]) / 2 * nodes)
    at = np.where(is_far, far, plain)
    weighed = np.where(is_far, (logs[1] - logs[0]) / 2 * far, (high - low) / 2) * weights
    return at.ravel(), weighed.ravel()
