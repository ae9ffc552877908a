"""Figures that hold at every look: as often as one likes, and whenever one stops.

A sequential probability ratio test against a normal mixture of effects, and the confidence sequence that
inverts it. `planned` tunes where it is tightest, and changes nothing of its validity.
"""

import numpy as np
import scipy
from numpy.typing import ArrayLike

from zoco.stats.trials.comparing import CONFIDENCE, Figure, apart, figured, steadied
from zoco.stats.trials.moments import Estimate, Floats, TooFew

UNITS_LEAST = 100
"""Units of each arm below which there is no figure: the theory is of many."""
EVENTS_LEAST = 20
"""Events of both arms together, as far as they are known; an arm with less has the variance of both."""
TUNED_ALPHA = 0.05


def mixed(n: ArrayLike, planned: int) -> Floats:
    """Return n rho²: how wide the mixture of effects is against the error at n units of both arms.

    The rho that makes the interval of 95 % tightest at `planned` units: n rho² = -W(-alpha² / e) - 1 there,
    8.2, with W the lower branch of Lambert's function. It is one for all confidences, so that a
    metric has one p-value. Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Time-uniform central
    limit theory and asymptotic confidence sequences, Annals of Statistics 52 (2024), appendix on tuning.
    """
    if planned < 1:
        raise ValueError("The planned number of units is above 0.")
    best = -float(scipy.special.lambertw(-(TUNED_ALPHA**2) / np.e, -1).real) - 1
    found: Floats = np.asarray(n, dtype=float) * (best / planned)
    return found


def critical(n: ArrayLike, planned: int, confidence: float = CONFIDENCE) -> Floats:
    """Return how many standard errors the interval reaches at n units: sqrt((x + 1) / x log((x + 1) / a²)).

    With x = n rho² and a = 1 - confidence. Source: H. Robbins, Statistical methods related to the law of the
    iterated logarithm, Ann. Math. Stat. 41 (1970) 1397–1409; for estimates that are means only in the
    limit, Waudby-Smith et al. 2024, theorem 2.2.
    """
    x = mixed(n, planned)
    found: Floats = np.sqrt((x + 1) / x * (np.log1p(x) - 2 * np.log(1 - confidence)))
    return found


def p_values(z: ArrayLike, n: ArrayLike, planned: int) -> Floats:
    """Return always-valid p-values of differences of z standard errors at n units of both arms.

    1 over the mixture likelihood ratio, sqrt(x + 1) exp(-z² x / (2 (x + 1))), at most 1: where there is no
    difference it falls to a or below at any look in at most a of all trials. Source: Johari, Koomen,
    Pekelis and Walsh, Always valid inference, Operations Research 70 (2022) 1806–1821.
    """
    x = mixed(n, planned)
    log = 0.5 * np.log1p(x) - 0.5 * np.square(np.asarray(z, dtype=float)) * x / (x + 1)
    found: Floats = np.exp(np.minimum(log, 0.0))
    return found


def looked(control: Estimate, treatment: Estimate, *, planned: int, confidence: float = CONFIDENCE) -> Figure:
    """Compare two arms at any moment: proportions, means, ratios, also adjusted ones.

    `planned` is how many units both arms together are to have. The share of units that each arm gets must
    not change on the way, and what a unit tells must be all in: a metric over seven days counts units whose
    days are over. It is valid as n grows, not for few: raises TooFew where an arm has less than 100 units,
    or both less than 20 events, with which a mean of mostly zeros must be given; NoSpread where all units
    are alike. Means with heavy tails need more, so they are drawn in first. Quantiles are not means of
    units: they have figures at the end only.
    """
    if min(control.n, treatment.n) < UNITS_LEAST or control.told + treatment.told < EVENTS_LEAST:
        raise TooFew(f"A live figure needs {UNITS_LEAST} units an arm and {EVENTS_LEAST} events.")
    control, treatment = steadied(control, treatment, EVENTS_LEAST)
    difference, error = apart(control, treatment)
    n = control.n + treatment.n
    return figured(
        control,
        treatment,
        critical=float(critical(n, planned, confidence)),
        p=float(p_values(difference / error, n, planned)),
        confidence=confidence,
        is_live=True,
    )
