"""How spending works on: carry-over into later periods (adstock), and less and less of it (saturation).

Y. Jin, Y. Wang, Y. Sun, D. Chan and J. Koehler, Bayesian Methods for Media Mix Modeling with Carryover and
Shape Effects, Google (2017): adstock in equation (1) with geometric weights, Hill in section 2.2.
"""

import enum

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Weights of spending so long ago that they are below the last digit of today's.
NOTHING = 1e-18


class Saturation(enum.Enum):
    """The curve between spending that arrives and its effect, as a share of the largest effect."""

    HILL = "hill"
    LOGISTIC = "logistic"


def adstock(spend: Floats, retention: Floats, lags: int | None = None) -> Floats:
    """Return what arrives of spending in each period: the mean of it and the periods before, weights r^lag.

    `spend` is (..., periods) and `retention`, from 0 to below 1, broadcasts to its leading axes. With `lags`
    weights end after so many periods, the current one among them; with None they never do. They add up to 1,
    so spending that never changes arrives as it is. Before the first period nothing was spent.

    The sum over all lags is built by doubling: after k steps it reaches back 2^k periods.
    """
    factor = np.asarray(retention, dtype=np.float64)[..., None]
    carried = spend * np.ones_like(factor)
    periods = spend.shape[-1]
    power, reach = factor, 1
    while reach < periods and float(power.max(initial=0.0)) > NOTHING:
        carried[..., reach:] += carried[..., :-reach] * power
        power, reach = power * power, 2 * reach
    if lags is None:
        return carried * (1 - factor)
    cut = factor**lags
    if lags < periods:
        carried[..., lags:] -= carried[..., :-lags].copy() * cut
        np.maximum(carried, 0.0, out=carried)
    found: Floats = carried * ((1 - factor) / (1 - cut))
    return found


def hill(arriving: Floats, half: Floats, slope: Floats) -> Floats:
    """Return a^s / (a^s + h^s): 0 where nothing arrives, a half at `half`, 1 without bound."""
    with np.errstate(divide="ignore"):
        found: Floats = scipy.special.expit(slope * (np.log(arriving) - np.log(half)))
    return found


def logistic(arriving: Floats, steepness: Floats) -> Floats:
    """Return (1 - exp(-λa)) / (1 + exp(-λa)): 0 where nothing arrives, 1 without bound."""
    found: Floats = np.tanh(steepness * arriving / 2)
    return found
