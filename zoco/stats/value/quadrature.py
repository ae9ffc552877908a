"""Means over mixing distributions, by sums that lose no digits where closed forms do.

The closed forms have Gauss's hypergeometric function at large parameters, differences of numbers that are
almost equal, and holes where a parameter is 1. Their integrals have positive and smooth integrands.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# e to the minus 37 is where a double ends.
END = 37.0
NODES = 96


def beta_mean(
    of: Callable[[Floats], Floats], a: Floats, b: Floats, at_0: Floats, at_1: Floats, nodes: int = NODES
) -> Floats:
    """Return E[of(p)] for p ~ Beta(a, b), one row each; `of` takes and gives (rows, nodes).

    The trapezoidal rule in y = log(p / (1 - p)), which converges geometrically for analytic functions that
    die out at both ends (L. N. Trefethen and J. A. C. Weideman, The exponentially convergent trapezoidal
    rule, SIAM Review 56 (2014) 385–458, section 5). For the ends to die out whatever a and b, the line
    between `at_0` and `at_1`, the values of the function at p = 0 and 1, is taken off, whose mean is known.
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))
    middle = np.log((a + 1) / (b + 1))
    spread = 6 * np.sqrt(1 / (a + 1) + 1 / (b + 1))
    low, high = middle - spread - END / (a + 1), middle + spread + END / (b + 1)
    y = low[:, None] + (high - low)[:, None] * (np.arange(nodes) / (nodes - 1))
    small = np.exp(-np.abs(y))
    both = np.log1p(small)
    logs = a[:, None] * (np.minimum(y, 0) - both) - b[:, None] * (np.maximum(y, 0) + both)
    weights = np.exp(logs - scipy.special.betaln(a, b)[:, None]) * ((high - low) / (nodes - 1))[:, None]
    larger = 1 / (1 + small)
    p, q = np.where(y > 0, larger, small * larger), np.where(y > 0, small * larger, larger)
    bent = of(p) - at_0[:, None] * q - at_1[:, None] * p
    found: Floats = (weights * bent).sum(axis=1) + (at_0 * b + at_1 * a) / (a + b)
    return found


@cache
def legendre(nodes: int) -> tuple[Floats, Floats]:
    """Return the nodes and weights of Gauss and Legendre on (0, 1)."""
    places, weights = np.polynomial.legendre.leggauss(nodes)
    return (places + 1) / 2, weights / 2


def discounted_times(until: Floats, rate: float, scale: Floats, nodes: int = 40) -> tuple[Floats, Floats]:
    """Return nodes u and weights (rows, nodes) of the integral from 0 of exp(-rate u) times a function of u.

    `scale` is a time on which the function does not change yet; nodes are even in log(1 + u / scale).
    An integral without end (`until` infinite) ends where discounting leaves nothing of it. `rate` is above 0.
    """
    end = np.minimum(until, END / rate)
    places, weights = legendre(nodes)
    reach = np.log1p(end / scale)[:, None]
    u = scale[:, None] * np.expm1(reach * places)
    found: Floats = reach * weights * (u + scale[:, None]) * np.exp(-rate * u)
    return u, found


class WithoutEnd(ValueError):
    """Something is worth ever more: neither discount nor time has an end."""


def bounded(periods: float, rate: float) -> None:
    """Raise WithoutEnd where a value has no bound, or where time or discount run backwards."""
    if not (rate >= 0 and periods >= 0):
        raise WithoutEnd(f"Time and the rate of discount are at least 0, not {periods} and {rate}.")
    if rate == 0 and np.isinf(periods):
        raise WithoutEnd("Without discount, value is told for a limited time only.")
