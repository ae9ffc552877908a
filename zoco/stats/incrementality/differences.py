"""Differences in differences: what changed with the treated, less what changed with the others."""

from dataclasses import dataclass

import numpy as np
import scipy

from zoco.stats.incrementality.panels import BadPanel, Bools, Floats, Ints, Panel


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect on the treated with its standard error, interval and two-sided p-value.

    Error, bounds and p are None where a single cluster was treated, or a single one was not: what happened
    to one unit alone cannot be told from chance by how it differs from itself.
    """

    estimate: float
    error: float | None
    low: float | None
    high: float | None
    p: float | None


def two_by_two(panel: Panel, treated: frozenset[str], since: int, *, confidence: float = 0.95) -> Effect:
    """Return the difference of means after and before, of treated units less that of others.

    `since` is the first period (a row) of the treatment. With all units there in all periods this is the
    coefficient of a regression on treated × after (J. D. Angrist and J.-S. Pischke, Mostly Harmless
    Econometrics, 2009, equation 5.2.4). Units' own changes are compared, with unequal variances, so that
    what is alike within a unit is allowed for (M. Bertrand, E. Duflo and S. Mullainathan, How much should we
    trust differences-in-differences estimates?, Quarterly Journal of Economics 119 (2004) 249–275, section
    IV.C; degrees of freedom by B. L. Welch, Biometrika 34 (1947) 28–35).
    """
    is_treated = _treated(panel, treated)
    if not 0 < since < len(panel.outcomes):
        raise BadPanel("There are periods before the treatment and periods after it began.")
    changes = panel.outcomes[since:].mean(axis=0) - panel.outcomes[:since].mean(axis=0)
    ours, others = changes[is_treated], changes[~is_treated]
    estimate = float(ours.mean() - others.mean())
    if len(ours) < 2 or len(others) < 2:
        return Effect(estimate, None, None, None, None)
    parts = [float(each.var(ddof=1)) / len(each) for each in (ours, others)]
    spread = sum(part**2 / (len(each) - 1) for part, each in zip(parts, (ours, others), strict=True))
    freedom = sum(parts) ** 2 / spread if spread else 1.0
    return _effect(estimate, float(np.sqrt(sum(parts))), freedom, confidence)


def two_way(panel: Panel, is_on: Bools, clusters: Ints | None = None, *, confidence: float = 0.95) -> Effect:
    """Return the coefficient of a treatment with fixed effects of units and periods.

    `is_on` says of each cell whether it was treated; `clusters` numbers what each unit belongs to, itself if
    not given. Errors are robust to whatever is alike within clusters (CR1: M. Arellano, Oxford Bulletin of
    Economics and Statistics 49 (1987) 431–434; corrected by G / (G - 1) × (N - 1) / (N - K) with K of
    columns that are not swept out with the clusters, as Stata and fixest do; A. C. Cameron and D. L. Miller,
    Journal of Human Resources 50 (2015) 317–372, equation (12)), against t with G - 1 degrees of freedom. Few
    clusters make them too small. Where treatment begins at different times and effects grow, the coefficient
    weighs some of them negatively (A. Goodman-Bacon, Journal of Econometrics 225 (2021) 254–277).
    """
    periods, units = panel.outcomes.shape
    if is_on.shape != panel.outcomes.shape:
        raise BadPanel("Of each cell it is said whether it was treated.")
    treatment, outcomes = _swept(is_on.astype(float)), _swept(panel.outcomes)
    whole = float((treatment**2).sum())
    if whole < 1e-12:
        raise BadPanel("The treatment cannot be told from units or periods.")
    estimate = float((treatment * outcomes).sum() / whole)
    groups = np.arange(units) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    size = int(groups.max()) + 1
    if not _is_told_from_chance(is_on, groups):
        return Effect(estimate, None, None, None, None)
    scores = (treatment * (outcomes - estimate * treatment)).sum(axis=0)
    meat = float((np.bincount(groups, weights=scores, minlength=size) ** 2).sum())
    # Units lie within clusters, so of the fixed effects those of periods alone are counted.
    cells = periods * units
    corrected = size / (size - 1) * (cells - 1) / (cells - periods - 1)
    return _effect(estimate, float(np.sqrt(corrected * meat)) / whole, size - 1, confidence)


def _is_told_from_chance(is_on: Bools, groups: Ints) -> bool:
    """Tell whether each kind of treatment has two clusters; of three kinds each speaks for the others."""
    kinds, kind = np.unique(is_on, axis=1, return_inverse=True)
    return kinds.shape[1] > 2 or all(len(np.unique(groups[kind == each])) > 1 for each in range(2))


def _swept(cells: Floats) -> Floats:
    """Return cells less the means of their unit and period; exact, as all cells are there."""
    found: Floats = cells - cells.mean(axis=0) - cells.mean(axis=1, keepdims=True) + cells.mean()
    return found


def _treated(panel: Panel, treated: frozenset[str]) -> Bools:
    places = [panel.place(unit) for unit in treated]
    found = np.zeros(len(panel.units), dtype=bool)
    found[places] = True
    if found.all() or not found.any():
        raise BadPanel("Some units were treated and some were not.")
    return found


def _effect(estimate: float, error: float, freedom: float, confidence: float) -> Effect:
    reach = float(scipy.special.stdtrit(freedom, 0.5 + confidence / 2)) * error
    p = float(2 * scipy.special.stdtr(freedom, -abs(estimate) / error)) if error else 0.0
    return Effect(estimate, error, estimate - reach, estimate + reach, p)
