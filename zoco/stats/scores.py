"""Scores of surveys: recommendation (NPS) and satisfaction, with how sure they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from zoco.stats.proportions import CONFIDENCE, Number, normal_quantile

PROMOTER, DETRACTOR = 9, 6
"""From here on, and up to here, on the scale from 0 to 10."""
ADDED = 3.0
"""Answers that the adjusted interval adds: a quarter each to promoters and detractors, half to the rest."""


@dataclass(frozen=True, slots=True)
class Recommended:
    """Answers from 0 to 10 by kind, and the score as a share from -1 to 1 with the bounds of its interval."""

    promoters: int
    passives: int
    detractors: int
    score: float
    low: float
    high: float


def recommended(scores: Sequence[int], confidence: float = CONFIDENCE) -> Recommended:
    """Return the net promoter score of at least one answer.

    The variance is that of the difference of two shares of one multinomial sample, p + d - (p - d)^2, over n.
    Bounds are those of the adjusted Wald interval, whose middle lies a little nearer to 0 than the score.
    Source: B. Rocks, Interval estimation for the "Net Promoter Score", The American Statistician 70 (2016)
    365-372: three answers are added, 3/4 each to promoters and detractors and 3/2 to the others.
    """
    promoters = sum(score >= PROMOTER for score in scores)
    detractors = sum(score <= DETRACTOR for score in scores)
    n = len(scores)
    low, high = net_bounds(promoters, detractors, n, confidence)
    return Recommended(
        promoters, n - promoters - detractors, detractors, (promoters - detractors) / n, low, high
    )


def net_bounds(for_it: int, against: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the bounds of the difference of two shares of the same n answers."""
    low, high = net_interval(float(for_it), float(against), float(n), confidence)
    return max(low, -1.0), min(high, 1.0)


def net_interval(
    for_it: Number, against: Number, n: Number, confidence: float = CONFIDENCE
) -> tuple[Number, Number]:
    """Return the same, not yet cut to -1 and 1, of numbers, arrays of numpy or columns of Ibis."""
    z = normal_quantile(confidence)
    found: tuple[Number, Number] = _net(for_it, against, n, z)  # type: ignore[arg-type, assignment]
    return found


def net_difference(
    one: tuple[int, int, int], other: tuple[int, int, int], confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the bounds of the difference of two independent scores, the first less the other.

    Each is (promoters, detractors, n), with n above 0. The variances of the two multinomial samples add up,
    each with the answers that `net_bounds` adds, as A. Agresti, B. Caffo, The American Statistician 54 (2000)
    280-288, add some to each of two shares. A two-sided z test at 1 - confidence says that the scores differ
    where 0 lies outside.
    """
    gap, variance = 0.0, 0.0
    for sign, (for_it, against, n) in ((1, one), (-1, other)):
        whole = n + ADDED
        share, less = (for_it + ADDED / 4) / whole, (against + ADDED / 4) / whole
        gap += sign * (share - less)
        variance += (share + less - (share - less) ** 2) / whole
    half = normal_quantile(confidence) * sqrt(variance)
    return max(gap - half, -2.0), min(gap + half, 2.0)


def _net(for_it: float, against: float, n: float, z: float) -> tuple[float, float]:
    whole = n + ADDED
    share, other = (for_it + ADDED / 4) / whole, (against + ADDED / 4) / whole
    middle = share - other
    half = z * ((share + other - middle * middle) / whole) ** 0.5
    return middle - half, middle + half
