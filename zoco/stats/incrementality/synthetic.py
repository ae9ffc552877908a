"""Synthetic control: what a treated unit would have done, as a mixture of units that were not treated.

A. Abadie, A. Diamond and J. Hainmueller, Synthetic control methods for comparative case studies: estimating
the effect of California's tobacco control program, J. Amer. Stat. Assoc. 105 (2010) 493–505.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy

from zoco.stats.incrementality.panels import BadPanel, Floats, Panel

TINY = 1e-12
START = 4.0
"""How far searches for importance set out, in logarithms: from all alike, and from each predictor ahead."""


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """`weights` of donors add up to 1 and none is negative; `importance` of predictors too.

    `path` is what the mixture did in each period; `gaps` is the unit less it. `effect` is the mean gap since
    the treatment; `before` and `after` are roots of mean squared gaps.
    """

    unit: str
    weights: dict[str, float]
    importance: tuple[float, ...]
    path: Floats
    gaps: Floats
    effect: float
    before: float
    after: float

    @property
    def ratio(self) -> float:
        """Return how many times as far off the mixture is after the treatment as it was before."""
        return self.after / max(self.before, TINY)


@dataclass(frozen=True, slots=True, eq=False)
class Placebos:
    """`p` is the share of units, the treated one among them, whose ratio of gaps is at least as large as its.

    With few units it cannot be small: one in as many as there are.
    """

    treated: Synthetic
    others: tuple[Synthetic, ...]
    p: float


def synthetic_control(
    panel: Panel,
    unit: str,
    since: int,
    *,
    predictors: Floats | None = None,
    left_out: frozenset[str] = frozenset(),
) -> Synthetic:
    """Return the mixture of donors that is nearest to a unit before a treatment that began in row `since`.

    `predictors` have a row a predictor and a column a unit; each is divided by its standard deviation over
    units. Weights W of donors are least in (X₁ - X₀W)'V(X₁ - X₀W), the importance V of predictors is least in
    the mean squared gap before the treatment: the nested problem of Abadie et al. 2010, section 2.3. Without
    predictors these are the outcomes of each period before, all alike important: no other V is nearer.
    """
    place = panel.place(unit)
    donors = np.array([at for at, name in enumerate(panel.units) if at != place and name not in left_out])
    if not 0 < since < len(panel.outcomes) or not len(donors):
        raise BadPanel("There are donors, periods before the treatment and periods after it began.")
    before = panel.outcomes[:since]
    if predictors is None:
        importance = np.full(since, 1 / since)
        weights = simplex_fit(before[:, donors], before[:, place])
    else:
        importance, weights = _nested(before, predictors, place, donors)
    path = panel.outcomes[:, donors] @ weights
    gaps = panel.outcomes[:, place] - path
    return Synthetic(
        unit,
        {panel.units[at]: float(weight) for at, weight in zip(donors, weights, strict=True)},
        tuple(float(each) for each in importance),
        path,
        gaps,
        float(gaps[since:].mean()),
        float(np.sqrt((gaps[:since] ** 2).mean())),
        float(np.sqrt((gaps[since:] ** 2).mean())),
    )


def placebos(panel: Panel, unit: str, since: int, *, predictors: Floats | None = None) -> Placebos:
    """Pretend of each other unit that it was treated, the treated one being no donor (section 2.4).

    The statistic is the ratio of root mean squared gaps after and before (section 3.4), so that units which
    no mixture is like do not look like large effects.
    """
    treated = synthetic_control(panel, unit, since, predictors=predictors)
    others = tuple(
        synthetic_control(panel, each, since, predictors=predictors, left_out=frozenset({unit}))
        for each in panel.units
        if each != unit
    )
    as_large = sum(each.ratio >= treated.ratio for each in others)
    return Placebos(treated, others, (1 + as_large) / (1 + len(others)))


def placebo_in_time(panel: Panel, unit: str, since: int, pretended: int) -> Synthetic:
    """Pretend that the treatment began earlier, and leave out what came since it did (section 3.4)."""
    return synthetic_control(replace(panel, outcomes=panel.outcomes[:since]), unit, pretended)


def simplex_fit(columns: Floats, target: Floats) -> Floats:
    """Return weights, none negative and together 1, for which |columns w - target| is least.

    As weights add up to 1 the difference is D w with D = columns - target. The least w'D'Dw on the simplex is
    in the direction of the u >= 0 that is least in |Du|² + (1'u - 1)²: of u = s w that is q / (1 + q) at the
    best s, and rises with q = w'D'Dw. So the quadratic programme is one of least squares without negative
    weights (C. L. Lawson and R. J. Hanson, Solving Least Squares Problems (1974), chapter 23). Where several
    mixtures are as near, the one found has no more donors than rows and one.
    """
    differences = columns - target[:, None]
    scale = max(float(np.abs(differences).max()), TINY)
    stacked = np.vstack([differences / scale, np.ones(columns.shape[1])])
    found: Floats = scipy.optimize.nnls(stacked, np.append(np.zeros(len(target)), 1.0))[0]
    weights: Floats = found / found.sum()
    return weights


def _nested(before: Floats, predictors: Floats, place: int, donors: np.ndarray) -> tuple[Floats, Floats]:
    """Search for the importance of predictors by the simplex of J. A. Nelder and R. Mead (1965).

    A search, not a proof: another importance may be nearer still.
    """
    if predictors.shape[1] != before.shape[1] or not np.isfinite(predictors).all():
        raise BadPanel("Predictors have a row each and a column a unit.")
    scaled = predictors / np.maximum(predictors.std(axis=1, ddof=1, keepdims=True), TINY)

    def mixture(logs: Floats) -> tuple[Floats, Floats]:
        importance = np.exp(logs - logs.max())
        importance /= importance.sum()
        roots = np.sqrt(importance)[:, None]
        return importance, simplex_fit((roots * scaled)[:, donors], (roots * scaled)[:, place])

    def gap(logs: Floats) -> float:
        return float(((before[:, place] - before[:, donors] @ mixture(logs)[1]) ** 2).mean())

    size = len(predictors)
    found = []
    for start in [np.zeros(size), *(START * np.eye(size))]:
        corners = start + np.vstack([np.zeros(size), START * np.eye(size)])
        found.append(
            scipy.optimize.minimize(
                gap,
                start,
                method="Nelder-Mead",
                options={"initial_simplex": corners, "xatol": 1e-4, "fatol": 1e-9, "maxfev": 200 * size},
            )
        )
    return mixture(min(found, key=lambda each: float(each.fun)).x)
