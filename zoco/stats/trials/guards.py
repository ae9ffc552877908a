"""Guards: whether a trial may be believed at all. One that fails blocks the word "winner".

Limits are low, 0.001, as a guard looks at many trials, and a failing one says that something is broken.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy

LIMIT = 0.001
CROSSED_MOST = 0.01
CONCENTRATION = 10_000.0
EXPECTED_LEAST = 5.0
SPLITS_MOST = 50_000


class Guard(StrEnum):
    """What is guarded."""

    SAMPLE_RATIO = "sample_ratio"
    """Arms have units in the ratio in which they were dealt."""
    EXPOSURE = "exposure"
    """Of those dealt, each arm exposed the same share."""
    CROSSOVER = "crossover"
    """Hardly anybody saw more than one arm."""


@dataclass(frozen=True, slots=True)
class Check:
    """A guard's figure: `value` is a p-value, that must not fall below `limit`, or a share, not above it."""

    guard: Guard
    value: float
    limit: float
    is_kept: bool


def sample_ratio(seen: Mapping[str, int], weights: Mapping[str, float], *, limit: float = LIMIT) -> Check:
    """Check once whether arms have units in the ratio of their weights, however small the p-value gets.

    Pearson's chi-square, its upper tail itself and not 1 less the lower one; exactly, from all splits that
    are no more probable, where an arm expects less than 5 units. An arm of weight 0 gets nobody dealt:
    it is left out, and its units too. Source: Fabijan et al., Diagnosing sample ratio mismatch in online
    controlled experiments, KDD 2019. Raises ValueError where an arm has no weight.
    """
    counts, shares = _dealt(seen, weights)
    expected = counts.sum() * shares
    if len(counts) < 2 or not counts.sum():
        p = 1.0
    elif expected.min() < EXPECTED_LEAST and _splits(int(counts.sum()), len(counts)) <= SPLITS_MOST:
        p = _exact(counts, shares)
    else:
        statistic = float((np.square(counts - expected) / expected).sum())
        p = float(scipy.special.chdtrc(len(counts) - 1, statistic))
    return Check(Guard.SAMPLE_RATIO, p, limit, p >= limit)


def sample_ratio_live(
    seen: Mapping[str, int],
    weights: Mapping[str, float],
    *,
    limit: float = LIMIT,
    guard: Guard = Guard.SAMPLE_RATIO,
) -> Check:
    """Check at any look, and as often as one likes, whether arms have units in the ratio of their weights.

    1 over the Bayes factor of a Dirichlet mixture of ratios, with 10,000 units' worth around the planned one,
    against that one, at most 1. Weights must stay the same while units are counted. Source: Lindon and Malek,
    Anytime-valid inference for multinomial count data, NeurIPS 2022. Of units that were exposed
    it checks the exposure: whoever the arm does not sway is exposed in the same ratio.
    """
    counts, shares = _dealt(seen, weights)
    prior = CONCENTRATION * shares
    log = float(
        (scipy.special.gammaln(prior + counts) - scipy.special.gammaln(prior)).sum()
        - (scipy.special.gammaln(CONCENTRATION + counts.sum()) - scipy.special.gammaln(CONCENTRATION))
        - (counts * np.log(shares)).sum()
    )
    p = math.exp(min(-log, 0.0))
    return Check(guard, p, limit, p >= limit)


def exposure(dealt: Mapping[str, int], exposed: Mapping[str, int], *, limit: float = LIMIT) -> Check:
    """Check once whether each arm exposed the same share of those dealt to it, by chi-square of k × 2.

    An arm that loads slowly, or is left at once, loses some before they are counted. Raises ValueError where
    more were exposed than dealt.
    """
    keys = [key for key, n in dealt.items() if n]
    table = np.array([[exposed.get(key, 0), dealt[key] - exposed.get(key, 0)] for key in keys], dtype=float)
    if set(exposed) - set(dealt) or (len(keys) and table.min() < 0):
        raise ValueError("More units were exposed to an arm than were dealt to it.")
    p = 1.0
    if len(keys) > 1 and table.sum(axis=0).all():
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        p = float(scipy.special.chdtrc(len(keys) - 1, float((np.square(table - expected) / expected).sum())))
    return Check(Guard.EXPOSURE, p, limit, p >= limit)


def crossover(crossed: int, units: int, *, limit: float = CROSSED_MOST) -> Check:
    """Check the share of units that saw more than one arm; they are to be left out, and may not be many."""
    share = crossed / units if units else 0.0
    return Check(Guard.CROSSOVER, share, limit, share <= limit)


def _dealt(seen: Mapping[str, int], weights: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return counts and shares of the arms that are dealt."""
    if set(seen) - set(weights):
        raise ValueError(f"Arms without a weight: {', '.join(sorted(set(seen) - set(weights)))}.")
    keys = [key for key, weight in weights.items() if weight > 0]
    counts = np.array([seen.get(key, 0) for key in keys], dtype=float)
    shares = np.array([weights[key] for key in keys], dtype=float)
    return counts, shares / shares.sum()


def _exact(counts: np.ndarray, shares: np.ndarray) -> float:
    """Return the probability of all splits that are no more probable than this one."""
    n = int(counts.sum())
    splits = np.array(list(_all(n, len(counts))), dtype=float)
    logs = (splits * np.log(shares) - scipy.special.gammaln(splits + 1)).sum(axis=1)
    own = float((counts * np.log(shares) - scipy.special.gammaln(counts + 1)).sum())
    whole = scipy.special.gammaln(n + 1)
    return float(min(1.0, np.exp(whole + logs[logs <= own + 1e-9]).sum()))


def _splits(n: int, arms: int) -> int:
    return math.comb(n + arms - 1, arms - 1)


def _all(n: int, arms: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways to split n units to so many arms."""
    if arms == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for rest in _all(n - first, arms - 1):
            yield (first, *rest)
