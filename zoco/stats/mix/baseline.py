"""The baseline: what would have come without any spending, as a sum of trend, seasons, holidays and controls.

Its coefficients are normal before the data, so they are integrated out in closed form. The design Z with
prior deviations V^½ is turned once into Z V^½ = U S R', with columns of U that are orthogonal: whatever the
noise, outcomes are then normal with covariance σ²I + U S² U'.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.mix.priors import Model
from zoco.stats.mix.series import Series

Floats = NDArray[np.float64]
SWEEPS = 30
ORTHOGONAL = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """`columns` are (periods, k), each with its group and its coefficient's deviation."""

    columns: Floats
    names: tuple[str, ...]
    groups: tuple[str, ...]
    deviations: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """U (periods, k), the squares of S (k,), and `back` (k, k), from places on U to coefficients."""

    axes: Floats
    sizes: Floats
    back: Floats

    def coefficients(self, projected: Floats, noise: Floats, random: np.random.Generator) -> Floats:
        """Draw coefficients (n, k) given residuals' products with U (n, k) and the noise's deviation (n,).

        In places that are standard normal before, each axis is on its own: mean s u / (s² + σ²), variance
        σ² / (s² + σ²) (A. Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), section 14.8, turned).
        """
        variance = noise[:, None] ** 2
        total = self.sizes + variance
        mean = np.sqrt(self.sizes) * projected / total
        places = mean + np.sqrt(variance / total) * random.standard_normal(projected.shape)
        found: Floats = np.einsum("nk,jk->nj", places, self.back)
        return found


def baseline_of(series: Series, model: Model) -> Baseline:
    """Return the columns of a model's baseline over the rows that it is fitted to."""
    since, periods, priors = series.run_in, series.periods, model.priors
    at = np.arange(periods, dtype=np.float64)
    line = at / max(periods - 1, 1) - 0.5
    parts: list[tuple[str, str, Floats, float]] = [
        ("intercept", "baseline", np.ones(periods), priors.intercept),
        ("trend", "baseline", line, priors.trend),
    ]
    for bend in range(model.bends):
        place = (bend + 1) / (model.bends + 1) - 0.5
        parts.append((f"trend, bend {bend + 1}", "baseline", np.maximum(line - place, 0.0), priors.trend))
    for season in model.seasons:
        for pair in range(1, season.pairs + 1):
            angle = 2 * np.pi * pair * at / season.length
            for word, wave in (("sine", np.sin(angle)), ("cosine", np.cos(angle))):
                parts.append((f"season {season.length:g}, {word} {pair}", "season", wave, priors.season))
    for name, column in zip(series.holiday_names, series.holidays[since:].T, strict=True):
        parts.append((name, "holidays", column, priors.holiday))
    for name, column in zip(series.control_names, series.controls[since:].T, strict=True):
        spread = float(column.std()) if periods else 0.0
        parts.append(
            (name, "controls", (column - column.mean()) / spread if spread else column * 0, priors.control)
        )
    names, groups, columns, deviations = zip(*parts, strict=True)
    return Baseline(np.column_stack(columns), names, groups, np.array(deviations))


def turned(baseline: Baseline) -> Turned:
    """Return the singular value decomposition of the design, by one-sided rotations.

    M. R. Hestenes, Inversion of matrices by biorthogonalization and related results, J. SIAM 6 (1958) 51–90.
    A library's decomposition is quicker, and its last digits depend on how many threads it has.
    """
    work = (baseline.columns * baseline.deviations).T.copy()
    count = len(work)
    back = np.eye(count)
    for _ in range(SWEEPS):
        largest = 0.0
        for p in range(count - 1):
            for q in range(p + 1, count):
                largest = max(largest, _rotated(work, back, p, q))
        if largest < ORTHOGONAL:
            break
    sizes = (work * work).sum(axis=1)
    lengths = np.sqrt(np.where(sizes > 0, sizes, 1.0))
    # Row j of `back` is the j-th column of R: places ξ on the axes are R ξ in the columns' own order.
    return Turned((work / lengths[:, None]).T.copy(), sizes, (back * baseline.deviations).T.copy())


def _rotated(work: Floats, back: Floats, p: int, q: int) -> float:
    """Turn two rows so that they are orthogonal; return the cosine that was between them."""
    a, b, c = float((work[p] ** 2).sum()), float((work[q] ** 2).sum()), float((work[p] * work[q]).sum())
    if c == 0.0 or a * b == 0.0:
        return 0.0
    zeta = (b - a) / (2 * c)
    tangent = (1.0 if zeta >= 0 else -1.0) / (abs(zeta) + (1 + zeta * zeta) ** 0.5)
    cosine = 1 / (1 + tangent * tangent) ** 0.5
    sine = cosine * tangent
    for rows in (work, back):
        first = cosine * rows[p] - sine * rows[q]
        rows[q] = sine * rows[p] + cosine * rows[q]
        rows[p] = first
    return float(abs(c) / (a * b) ** 0.5)
