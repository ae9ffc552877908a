"""Means and how sure they are."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import TypeVar

from zoco.stats.proportions import CONFIDENCE, normal_quantile

Number = TypeVar("Number")
MANY = 30
"""Of fewer values nothing is said: their mean need not be spread as a normal one."""


def mean_bounds(
    total: Number, squares: Number, count: Number, confidence: float = CONFIDENCE
) -> tuple[Number, Number]:
    """Return the bounds of the mean of `count` independent values, from their sum and that of their squares.

    The large-sample interval, mean ± z s / √n with s² = (Σx² − (Σx)²/n) / (n − 1), in the unit of the values.
    Takes and gives numbers, arrays of numpy, or columns of Ibis; `count` must be above 1 everywhere, and
    should be MANY at least. Source: T. Lumley, P. Diehr, S. Emerson and L. Chen, The importance of the
    normality assumption in large public health data sets, Annu. Rev. Public Health 23 (2002) 151–169.
    """
    z = normal_quantile(confidence)
    found: tuple[Number, Number] = _bounds(total, squares, count, z)  # type: ignore[arg-type, assignment]
    return found


def _bounds(total: float, squares: float, count: float, z: float) -> tuple[float, float]:
    mean = total / count
    variance = (squares / count - mean * mean) * count / (count - 1)
    # The root of the square, as rounding may make the variance of values that are all alike a negative one.
    half = z * ((variance * variance) ** 0.5 / count) ** 0.5
    return mean - half, mean + half


def student_bounds(values: Sequence[int], confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """Return the bounds of a mean by Student's t; None where all values are alike or there is but one."""
    if len(values) < 2 or min(values) == max(values):
        return None
    import scipy  # reports take scores from here, and need none of it

    mean, n = fmean(values), len(values)
    half = float(scipy.special.stdtrit(n - 1, 0.5 + confidence / 2)) * stdev(values) / sqrt(n)
    return mean - half, mean + half
