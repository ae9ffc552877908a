"""Dealing while learning: Thompson sampling in batches, and what may honestly be said of the arms after it.

An arm that began badly is dealt less and stays underrated, one that began well is dealt more until it comes
back to its own: so an arm's plain mean is too low on the average, most of all that of arms that lost, its
usual interval covers less often than it says, and no test in `fixed` or `live` holds for it. `honest` gives
estimates that do hold.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zoco.stats.proportions import normal_quantile
from zoco.stats.trials import scores
from zoco.stats.trials.believing import Belief, Beta, Normal, best_probability
from zoco.stats.trials.comparing import CONFIDENCE, Bounds, Figure
from zoco.stats.trials.moments import Estimate, Floats, TooFew
from zoco.stats.trials.scores import Scores

FLOOR, FLOOR_OF_MEANS = 0.05, 0.1
UNITS_LEAST = 200
EVENTS_LEAST = 20
"""Of a mean: so many units of each arm have a value that is not 0, or its interval is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Units that were dealt at random by the same `shares`; by arm how many, and the sum of their values.

    Values are 0 or 1 unless `squares` are given, the sums of their squares; then `events` says how many
    units have a value that is not 0.
    """

    shares: Mapping[str, float]
    n: Mapping[str, int]
    totals: Mapping[str, float]
    squares: Mapping[str, float] | None = None
    events: Mapping[str, int] | None = None

    @property
    def is_share(self) -> bool:
        """Whether values are 0 or 1."""
        return self.squares is None

    def sums(self, key: str) -> tuple[int, float, float]:
        """Return of an arm how many units, the sum of their values, that of their squares."""
        total = float(self.totals.get(key, 0))
        return self.n.get(key, 0), total, total if self.squares is None else float(self.squares.get(key, 0))

    def happened(self, key: str) -> int:
        """Return to how many units of an arm it happened."""
        return int((self.totals if self.events is None else self.events).get(key, 0))


def shares_next(
    arms: Sequence[str], batches: Sequence[Batch], *, prior: Beta | None = None, floor: float | None = None
) -> dict[str, float]:
    """Return each arm's share of the next batch: how probably it is the best, never below `floor`.

    That is 5 %, of means 10 %: few of mostly zeros say too little of an arm's spread.

    The probability is integrated, not drawn, so each share is known, as honest estimates need. Source:
    W. R. Thompson, On the likelihood that one unknown probability exceeds another, Biometrika 25 (1933)
    285–294; batches: Chapelle and Li, An empirical evaluation of Thompson sampling, NIPS 2011. Means are
    believed to be normal, with nothing known before and one spread for all arms (Agrawal and Goyal, Further
    optimal regret bounds for Thompson sampling, AISTATS 2013); shares are even until each arm has enough to
    go by. Raises ValueError where the floors add up to more than 1.
    """
    if floor is None:
        floor = FLOOR if all(each.is_share for each in batches) else FLOOR_OF_MEANS
    if not 0 < floor * len(arms) <= 1:
        raise ValueError(f"{len(arms)} arms cannot each get at least {floor:g}, which lies above 0.")
    beliefs = _beliefs(arms, batches, prior)
    if beliefs is None:
        return dict.fromkeys(arms, 1 / len(arms))
    chances = {key: best_probability(beliefs, key) for key in arms}
    whole = sum(chances.values())
    return {key: floor + (1 - floor * len(arms)) * chances[key] / whole for key in arms}


def honest(arms: Sequence[str], batches: Sequence[Batch]) -> dict[str, Estimate]:
    """Return each arm's mean as if it had been dealt at random all along; of 0 and 1, a share.

    Augmented inverse-propensity scores m + 1{dealt}(y - m) / e, with e the arm's share in the batch and m
    its mean in batches before, begun with one unit that has the mean of all arms in the first batch: there m
    comes from the batch itself, which moves the figure by less than a unit's part of what arms differ by.
    Averaged with weights sqrt(e) that keep the variance steady. Source: Hadad, Hirshberg, Zhan, Wager and
    Athey, Confidence intervals for policy evaluation in adaptive experiments, PNAS 118 (2021) e2014602118,
    the constant allocation rate. It holds for many units, at a number of batches that was set before, and
    for means that do not drift; what is left of the bias is small against the error. Raises TooFew for less
    than 200 units, and of means where an arm has less than 20 that are not 0; ValueError where an arm had no
    share in a batch.
    """
    _check(arms, batches)
    return {key: _scores_of_one(key, batches).estimate() for key in arms}


def interval(arm: str, batches: Sequence[Batch], confidence: float = CONFIDENCE) -> Bounds:
    """Return the interval of an arm's honest value: all means that a score test does not rule out.

    Screens show no interval of an arm by itself; `benchmarks.trials` measures by it that arms' values hold.
    Raises as `honest` does.
    """
    _check((arm,), batches)
    return scores.of_one(_scores_of_one(arm, batches), normal_quantile(confidence))


def compared(
    control: str, treatment: str, batches: Sequence[Batch], *, confidence: float = CONFIDENCE
) -> Figure:
    """Compare two arms by the difference of their scores, unit by unit, as `honest` has them.

    With weights (1 / e + 1 / e')^(-1/2), under which the variance of the difference is steady: nearer to its
    level than the difference of two honest estimates. Both arms bear the same weights, so a difference holds
    also where later units differ from earlier ones. Source: Hadad et al. 2021, on treatment effects; what is
    ruled out, and by which variance, see `scores`. Raises as `honest` does, and NoSpread.
    """
    _check((control, treatment), batches)
    weights = [(1 / each.shares[control] + 1 / each.shares[treatment]) ** -0.5 for each in batches]
    found = _scores((control, treatment), batches, weights)
    critical = normal_quantile(confidence)
    p, bounds = scores.of_difference(found, critical)
    return Figure(
        float(found.values[1] - found.values[0]),
        bounds,
        p,
        scores.of_lift(found, critical),
        confidence,
        is_live=False,
        n=int(found.size.sum()),
    )


def _beliefs(arms: Sequence[str], batches: Sequence[Batch], prior: Beta | None) -> dict[str, Belief] | None:
    """Return what is believed of each arm; None for means of which too little is known."""
    if all(each.is_share for each in batches):
        return {key: _share_belief(key, batches, prior) for key in arms}
    n, totals, squares = (
        np.array(each) for each in zip(*(_summed(key, batches) for key in arms), strict=True)
    )
    if n.min() < UNITS_LEAST / len(arms) or n.sum() <= len(arms):
        return None
    means = totals / n
    spread = float((squares - n * means**2).sum() / (n.sum() - len(arms)))
    if not spread > 0:
        return None
    return {
        key: Normal(float(mean), math.sqrt(spread / float(count)))
        for key, mean, count in zip(arms, means, n, strict=True)
    }


def _share_belief(key: str, batches: Sequence[Batch], prior: Beta | None) -> Beta:
    n, total, _ = _summed(key, batches)
    return (prior or Beta()).after(round(total), round(n))


def _summed(key: str, batches: Sequence[Batch]) -> tuple[float, float, float]:
    parts = [each.sums(key) for each in batches]
    return sum(n for n, _t, _s in parts), sum(t for _n, t, _s in parts), sum(s for _n, _t, s in parts)


def _usual(keys: Sequence[str], batches: Sequence[Batch]) -> Floats:
    """Return what is thought of each arm in each batch, by those before it and the mean of the first one."""
    first = next(each for each in batches if sum(each.n.values()))
    begun = sum(first.totals.values()) / sum(first.n.values())
    n, totals = (
        np.array([[each.sums(key)[at] for key in keys] for each in batches], dtype=float).cumsum(axis=0)
        for at in range(2)
    )
    before = ((totals[:-1] + begun) / (n[:-1] + 1)).tolist()
    return np.array([[begun] * len(keys), *before])


def _check(keys: Sequence[str], batches: Sequence[Batch]) -> None:
    if sum(sum(each.n.values()) for each in batches) < UNITS_LEAST:
        raise TooFew(f"An honest figure needs {UNITS_LEAST} units.")
    for key in keys:
        for number, batch in enumerate(batches):
            if not batch.shares.get(key, 0.0) > 0:
                raise ValueError(f"Arm {key} had no share in batch {number + 1}, so it has no honest figure.")
        is_mean = any(not each.is_share for each in batches)
        if is_mean and sum(each.happened(key) for each in batches) < EVENTS_LEAST:
            raise TooFew(f"The mean of an arm needs {EVENTS_LEAST} units to whom it happened.")


def _scores_of_one(key: str, batches: Sequence[Batch]) -> Scores:
    return _scores((key,), batches, [math.sqrt(each.shares[key]) for each in batches])


def _scores(keys: Sequence[str], batches: Sequence[Batch], weights: Sequence[float]) -> Scores:
    """Return the scores of arms, whose batches weigh so much."""
    n, totals, squares = (
        np.array([[each.sums(key)[at] for key in keys] for each in batches], dtype=float) for at in range(3)
    )
    return Scores(
        size=np.array([sum(each.n.values()) for each in batches], dtype=float),
        weight=np.array(weights),
        share=np.array([[each.shares[key] for key in keys] for each in batches]),
        usual=_usual(keys, batches),
        n=n,
        totals=totals,
        squares=squares,
        is_share=all(each.is_share for each in batches),
    )
