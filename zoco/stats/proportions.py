"""Shares and how sure they are."""

from statistics import NormalDist
from typing import TypeVar

Number = TypeVar("Number")
CONFIDENCE = 0.95


def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """Return how many standard deviations hold a share of the normal distribution: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(successes: Number, trials: Number, confidence: float = CONFIDENCE) -> tuple[Number, Number]:
    """Return the lower and the upper bound of a share's score interval, two-sided.

    Takes and gives numbers, arrays of numpy, or columns of Ibis; `trials` must be above 0 everywhere.
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    J. Amer. Stat. Assoc. 22 (1927) 209–212; recommended by Brown, Cai and DasGupta, Statistical
    Science 16 (2001) 101–133, equation (4), as it keeps its coverage also for small samples.
    """
    z = normal_quantile(confidence)
    found: tuple[Number, Number] = _score(successes, trials, z)  # type: ignore[arg-type, assignment]
    return found


def _score(successes: float, trials: float, z: float) -> tuple[float, float]:
    """Return the roots of scale p² − 2 middle p + share², each by the other: 0 of none, 1 of all, exactly.

    As middle − half the lower bound of 0 is 1e-18 or −2e-17, and the upper one of all 1 + 2e-16.
    """
    share = successes / trials
    half = z * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5
    middle, scale = share + z * z / (2 * trials), 1 + z * z / trials
    other = 1 - share
    return share * share / (middle + half), 1 - other * other / (scale - middle + half)


def difference(
    successes: int, trials: int, other_successes: int, other_trials: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the bounds of the difference of two independent shares, the first less the other.

    The square-and-add interval of two score intervals. Both trials must be above 0. Source: R. G. Newcombe,
    Interval estimation for the difference between independent proportions: comparison of eleven methods,
    Statistics in Medicine 17 (1998) 873–890, method 10.
    """
    share, other = successes / trials, other_successes / other_trials
    low, high = wilson(float(successes), float(trials), confidence)
    other_low, other_high = wilson(float(other_successes), float(other_trials), confidence)
    gap = share - other
    lower = gap - ((share - low) ** 2 + (other_high - other) ** 2) ** 0.5
    upper = gap + ((high - share) ** 2 + (other - other_low) ** 2) ** 0.5
    return lower, upper
