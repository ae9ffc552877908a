"""Scores of surveys: recommendation (NPS) and satisfaction, with how sure they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

import scipy

from zoco.stats.proportions import CONFIDENCE, normal_quantile

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
    whole = n + ADDED
    share, other = (for_it + ADDED / 4) / whole, (against + ADDED / 4) / whole
    middle = share - other
    half = normal_quantile(confidence) * sqrt((share + other - middle * middle) / whole)
    return max(middle - half, -1.0), min(middle + half, 1.0)


def mean_bounds(values: Sequence[int], confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """Return the bounds of a mean by Student's t; None where all values are alike or there is but one."""
    if len(values) < 2 or min(values) == max(values):
        return None
    mean, n = fmean(values), len(values)
    half = float(scipy.stats.t.ppf(0.5 + confidence / 2, n - 1)) * stdev(values) / sqrt(n)
    return mean - half, mean + half
