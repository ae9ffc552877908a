"""Whether regions that were treated did otherwise than the others, by shifts of what is left over.

V. Chernozhukov, K. Wüthrich and Y. Zhu, An Exact and Robust Conformal Inference Method for Counterfactual and
Synthetic Controls, J. Amer. Stat. Assoc. 116 (2021) 1849–1864: under the hypothesis of an effect, a mixture
is fitted to all periods with the effect taken away, and the residuals of the treated periods are as large as
any others. Their p-value is the share of cyclic shifts in which residuals are at least as large.
"""

from dataclasses import dataclass

import numpy as np
import scipy

from zoco.stats.incrementality.panels import BadPanel, Floats, Panel
from zoco.stats.incrementality.synthetic import TINY, simplex_fit

STEPS = 200
"""Effects that are tried on each side of the estimate when bounds are looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Lift:
    """What a treatment added to a group of units, from row `since` to the last of the panel.

    `relative` is the effect as a share of what would have been, with its bounds; `added` the same in
    outcomes, in all treated periods. `p` is of no effect at all. Bounds are None where the periods are too
    few for the confidence: with n of them no p-value is below 1 / n. `path` is what the mixture did in each
    period, `actual` what the group did; `weights` are of donors.
    """

    relative: float
    low: float | None
    high: float | None
    added: float
    added_low: float | None
    added_high: float | None
    p: float
    confidence: float
    path: Floats
    actual: Floats
    weights: dict[str, float]
    misfit: float
    """Root of mean squared residuals before the treatment, as a share of what the group does in a period."""

    @property
    def error(self) -> float | None:
        """The longer side of the bounds of `added` as a standard error of a normal, None without bounds."""
        if self.added_low is None or self.added_high is None:
            return None
        reach = max(self.added - self.added_low, self.added_high - self.added)
        return reach / float(scipy.special.ndtri(0.5 + self.confidence / 2))


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A treated group and its donors, each as multiples of its own mean before the treatment."""

    actual: Floats
    donors: Floats
    names: tuple[str, ...]
    level: float
    since: int

    def under(self, relative: float) -> tuple[Floats, Floats]:
        """Return weights and residuals if the effect is this share of what would have been."""
        without = self.actual.copy()
        without[self.since :] /= 1 + relative
        weights = simplex_fit(self.donors, without)
        return weights, without - self.donors @ weights

    def p(self, relative: float) -> float:
        """Return how probably residuals of treated periods are at least as large by a shift."""
        residuals = np.abs(self.under(relative)[1])
        periods, length = len(residuals), len(residuals) - self.since
        twice = np.concatenate([residuals, residuals[: length - 1]]) if length > 1 else residuals
        sums = np.convolve(twice, np.ones(length), mode="valid")[:periods]
        return float((sums >= sums[self.since] * (1 - 1e-9)).mean())


def group_of(panel: Panel, treated: frozenset[str], since: int) -> Group:
    """Return a group of units as one, and the others. Raises BadPanel."""
    if not 1 < since < len(panel.outcomes):
        raise BadPanel("There are periods before the treatment and periods after it began.")
    is_treated = np.zeros(len(panel.units), dtype=bool)
    is_treated[[panel.place(unit) for unit in treated]] = True
    if is_treated.all() or not is_treated.any():
        raise BadPanel("Some units were treated and some were not.")
    together = panel.outcomes[:, is_treated].sum(axis=1)
    level = float(together[:since].mean())
    means = panel.outcomes[:since].mean(axis=0)
    is_donor = ~is_treated & (means > TINY)
    if level <= TINY or not is_donor.any():
        raise BadPanel("The treated group, and some unit beside it, had outcomes before the treatment.")
    names = tuple(name for name, kept in zip(panel.units, is_donor, strict=True) if kept)
    return Group(together / level, panel.outcomes[:, is_donor] / means[is_donor], names, level, since)


def lift(panel: Panel, treated: frozenset[str], since: int, *, confidence: float = 0.9) -> Lift:
    """Return what a treatment that began in row `since` added to a group, with bounds by shifts.

    The estimate is of a mixture that was fitted before the treatment alone. Units are multiples of their own
    mean, so that a mixture of small ones may be like a large one. Raises BadPanel.
    """
    group = group_of(panel, treated, since)
    weights = simplex_fit(group.donors[:since], group.actual[:since])
    path = group.donors @ weights
    would = float(path[since:].sum())
    if would <= TINY:
        raise BadPanel("The other units had no outcomes since the treatment began.")
    relative = float(group.actual[since:].sum()) / would - 1
    low, high = _bounds(group, relative, confidence)
    scale = would * group.level
    before = group.actual[:since] - path[:since]
    return Lift(
        relative,
        low,
        high,
        relative * scale,
        None if low is None else low * scale,
        None if high is None else high * scale,
        group.p(0.0),
        confidence,
        path * group.level,
        group.actual * group.level,
        {name: float(each) for name, each in zip(group.names, weights, strict=True)},
        float(np.sqrt((before**2).mean())),
    )


def refused_at(confidence: float) -> float:
    """Return the largest p-value at which a hypothesis is refused: 0.1 for 0.9, not 0.09999999999999998."""
    return round(1 - confidence, 12)


def _bounds(group: Group, relative: float, confidence: float) -> tuple[float | None, float | None]:
    """Return the ends of the effects that shifts do not refuse, looked for outwards from the estimate."""
    if 1 / len(group.actual) > refused_at(confidence):
        return None, None
    residuals = group.under(relative)[1]
    reach = max(8 * float(residuals.std()), 1e-3) * max(1 + relative, 0.1)
    return _end(group, relative, -reach, confidence), _end(group, relative, reach, confidence)


def _end(group: Group, relative: float, reach: float, confidence: float) -> float | None:
    """Return the furthest effect on one side that is not refused; None where all that are tried are kept."""
    kept, last = relative, None
    for step in range(1, STEPS + 1):
        tried = relative + reach * step / STEPS
        if tried <= -1 + 1e-9 or group.p(tried) <= refused_at(confidence):
            last = tried
            break
        kept = tried
    return (kept + last) / 2 if last is not None else None
