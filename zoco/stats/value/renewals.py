"""What a fitted sBG says of contracts, and how sure that is: who stays, what was kept back, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.value.contracts import Sbg, contracts_of
from zoco.stats.value.fitting import Fitted, fit
from zoco.stats.value.intervals import CONFIDENCE, DRAWS, SEED, Bounds, bounds

Floats = NDArray[np.float64]
FEWEST_KNOWN = 2
FEWEST_HELD = 2
SEEN_DRAWS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Renewals after the first `known`, from `known` + 1 on: how many stayed, and how many were expected.

    `least` and `most` bound what would be seen if the model is right. `error` is the mean of
    |expected - actual| / actual.
    """

    fitted: Fitted[Sbg]
    known: int
    actual: Floats
    expected: Floats
    least: Floats
    most: Floats

    @property
    def error(self) -> float:
        """The mean absolute error as a share of what was seen; renewals that nobody took are left out."""
        seen = self.actual > 0
        return float(np.mean(np.abs(self.expected[seen] - self.actual[seen]) / self.actual[seen]))


def staying(fitted: Fitted[Sbg], renewals: int, confidence: float = CONFIDENCE) -> Bounds:
    """Return S(0), …, S(renewals), the share that is still there, with the interval of each."""
    return bounds(fitted, lambda model: model.kept(np.arange(renewals + 1.0)), confidence=confidence)


def lifetime(
    fitted: Fitted[Sbg], renewals: int | None, rate: float, confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """Return periods that are paid for, discounted, with their interval.

    With `renewals` of somebody who took so many, from the next payment on, worth its whole: what is
    left of his life. None is for a new customer, whose first payment is sure: all of it.
    `rate` is a period's and above 0.
    """

    def told(model: Sbg) -> Floats:
        if renewals is None:
            return np.array([1 + model.residual(0, rate) / (1 + rate)])
        return np.array([model.residual(renewals, rate)])

    found = bounds(fitted, told, confidence=confidence, draws=DRAWS)
    return float(found.expected[0]), float(found.low[0]), float(found.high[0])


def known_of(renewals: int) -> int | None:
    """Return how many renewals a model is fitted to that is held against the rest; None with too few.

    Seven of twelve, as in Fader and Hardie 2007.
    """
    known = max(FEWEST_KNOWN, round(renewals * 7 / 12))
    return known if renewals - known >= FEWEST_HELD else None


def held_out(cohorts: Sequence[Floats], known: int, confidence: float = CONFIDENCE) -> HeldOut:
    """Fit to the first renewals of cohorts of the same kind, and tell the later ones.

    Of each cohort those are told who took renewal `known`, as far as it goes on. What will be seen is
    binomial at each renewal, with parameters drawn as the first renewals leave them possible. Raises what
    `fit` raises.
    """
    fitted = fit(Sbg, contracts_of(*(each[: known + 1] for each in cohorts)))
    longer = [each for each in cohorts if len(each) > known + 1]
    last = max(len(each) for each in longer) - 1
    ages = np.arange(known + 1.0, last + 1)
    actual, expected = np.zeros(len(ages)), np.zeros(len(ages))
    shares = fitted.model.kept(ages) / fitted.model.kept(np.array([known]))
    for each in longer:
        told = len(each) - known - 1
        actual[:told] += each[known + 1 :]
        expected[:told] += each[known] * shares[:told]
    seen = _seen(fitted, longer, known, ages)
    low, high = np.quantile(seen, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return HeldOut(fitted, known, actual, expected, low, high)


def _seen(fitted: Fitted[Sbg], cohorts: Sequence[Floats], known: int, ages: Floats) -> Floats:
    """Draw how many will be seen, (draws, ages)."""
    random = np.random.default_rng([SEED, 1])
    renewing = np.array([model.renewing(ages) for model in fitted.drawn(SEEN_DRAWS, SEED)])
    ends = np.array([len(each) - known - 1 for each in cohorts])
    left = np.repeat(np.array([[round(float(each[known])) for each in cohorts]]), SEEN_DRAWS, axis=0)
    found = np.zeros((SEEN_DRAWS, len(ages)))
    for at in range(len(ages)):
        left = random.binomial(left, renewing[:, at, None])
        found[:, at] = (left * (ends > at)).sum(axis=1)
    return found
