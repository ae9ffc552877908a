"""Less noise by what was known before: regression on earlier behaviour, and strata.

Only what was known before somebody was exposed may be used; else the effect itself is taken away.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zoco.stats.trials.metrics import linearised
from zoco.stats.trials.moments import Estimate, Floats, Moments, NoSpread, TooFew


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Estimates by arm, `theta` of each covariate, and which `kept` share of the variance is left."""

    theta: tuple[float, ...]
    kept: float
    arms: dict[str, Estimate]


def cuped(
    arms: Mapping[str, Moments], *, is_ratio: bool = False, events: Mapping[str, int] | None = None
) -> Adjusted:
    """Return each arm's metric less theta × (its covariates' means - those of all arms).

    The metric's columns come first (one, or two for a ratio), then one or more covariates; `events` is how
    many units of each arm tell something, where that is known. Theta is one for all arms, from their pooled
    products of deviations within arms, so that no effect leaks into it. Source: Deng, Xu, Kohavi and
    Walker, Improving the sensitivity of online controlled experiments by utilizing pre-experiment data,
    WSDM 2013, section 3.2; of ratios the linear form is regressed (appendix B there). Theta counts as known,
    which it is but for a term in 1/n, and a relative lift is that at the covariates' means of all arms.
    Raises NoSpread where a covariate does not vary, or is the same as another.
    """
    first = 2 if is_ratio else 1
    pooled = _pooled(arms)
    _, slope = linearised(pooled, is_ratio=is_ratio)
    within = sum((np.array(each.products) for each in arms.values()), np.zeros((len(pooled.means),) * 2))
    theta = _theta(within, slope, first)
    direction = np.concatenate([np.zeros(first), theta])
    found, kept, plain = {}, 0.0, 0.0
    for key, each in arms.items():
        value, own = linearised(each, is_ratio=is_ratio)
        away = float(direction @ (np.array(each.means) - np.array(pooled.means)))
        covariance = each.covariance()
        combined = np.concatenate([own, -theta])
        variance = max(float(combined @ covariance @ combined), 0.0)
        found[key] = Estimate(each.n, value - away, variance, (events or {}).get(key))
        kept += variance * each.n
        plain += float(own @ covariance[:first, :first] @ own) * each.n
    return Adjusted(tuple(map(float, theta)), kept / plain if plain else 1.0, found)


def _pooled(arms: Mapping[str, Moments]) -> Moments:
    """Return the moments of all units together."""
    first, *others = arms.values()
    for each in others:
        first = first + each
    return first


def _theta(within: Floats, slope: Floats, first: int) -> Floats:
    """Return the slopes of the metric in the covariates."""
    spread, shared = within[first:, first:], within[first:, :first] @ slope
    scale = np.sqrt(np.diag(spread))
    if not len(scale) or not scale.all() or np.linalg.cond(spread / np.outer(scale, scale)) > 1e12:
        raise NoSpread("A covariate is the same for all units, or the same as another one.")
    found: Floats = np.linalg.solve(spread / np.outer(scale, scale), shared / scale) / scale
    return found


def poststratified(arms: Mapping[str, Mapping[str, Moments]]) -> dict[str, Estimate]:
    """Return means of arms as if each had the strata of all: arm → stratum → moments.

    The value is Σ w m, its variance Σ w² s² / n over strata, with w the stratum's share of all units,
    m, s² and n those of the arm within it. Source: Miratrix, Sekhon and Yu, Adjusting treatment effect
    estimates by post-stratification in randomized experiments, J. R. Stat. Soc. B 75 (2013) 369–396: it
    holds given the sizes of the strata that were met. Strata are set by what was known before. Raises
    TooFew where an arm has less than two units in a stratum: join it to another one in all arms.
    """
    strata = sorted({stratum for each in arms.values() for stratum in each})
    whole = sum(each.n for within in arms.values() for each in within.values())
    found = {}
    for key, within in arms.items():
        value = error = 0.0
        for stratum in strata:
            here = within.get(stratum)
            if here is None or here.n < 2:
                raise TooFew(f"Arm {key} has less than two units in stratum {stratum}; join it to another.")
            weight = sum(each[stratum].n for each in arms.values() if stratum in each) / whole
            value += weight * here.means[0]
            error += weight**2 * float(here.covariance()[0, 0]) / here.n
        n = sum(each.n for each in within.values())
        found[key] = Estimate(n, value, error * n)
    return found
