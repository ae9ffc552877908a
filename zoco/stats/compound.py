"""What a sum of amounts that come by chance may have been: bounds of the sum that was to be expected.

Amounts that come as a Poisson process make a compound Poisson sum S, whose variance is the expected sum of
their squares (W. Feller, An Introduction to Probability Theory and Its Applications, vol. 1 (1968), section
XII.2). Counted in typical amounts u = sum of squares / sum, S / u has a variance equal to its mean, as a
count has, and takes the exact bounds of a count (F. Garwood, Fiducial Limits for the Poisson Distribution,
Biometrika 28 (1936) 437-442). With all amounts alike these are Garwood's own.
"""

import scipy


def count_bounds(count: float, level: float) -> tuple[float, float]:
    """Return the two-sided bounds of the mean of a count; of 0 the lower one is 0. Raises ValueError."""
    if count < 0 or not 0 < level < 1:
        raise ValueError("A count is 0 or more, and a level lies between 0 and 1.")
    outside = (1 - level) / 2
    low = float(scipy.special.gammaincinv(count, outside)) if count > 0 else 0.0
    return low, float(scipy.special.gammaincinv(count + 1, 1 - outside))


def sum_bounds(total: float, squares: float, level: float, *, typical: float = 0.0) -> tuple[float, float]:
    """Return the two-sided bounds of an expected sum, by the sum and that of the squares of its amounts.

    `typical` is the amount that a sum of nothing is counted in. Raises ValueError where there is none.
    """
    unit = squares / total if total > 0 and squares > 0 else typical
    if unit <= 0:
        raise ValueError("Nothing came, and no typical amount is known.")
    low, high = count_bounds(max(total, 0.0) / unit, level)
    return low * unit, high * unit
