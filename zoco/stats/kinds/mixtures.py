"""Mixtures of normal distributions by expectation and maximisation, their number chosen by BIC."""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.kinds.features import Features, distances

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STARTS = 5
ROUNDS = 300
# Of a log-likelihood a row: a further round tells nobody more.
TOLERANCE = 1e-6
# No part is narrower than a thirtieth of a standard deviation, or its likelihood had no bound.
NARROWEST = 1e-3


class NoMixture(ValueError):
    """There are too few rows for the parameters of a single part."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Parts of a mixture in standardised features, the largest first.

    `chances` (rows, parts) is how likely each row is of each part. `bic` is parameters log(rows) less twice
    the log-likelihood: the lower, the better. `is_converged` says that nothing was left to gain.
    """

    weights: Floats
    means: Floats
    covariances: Floats
    chances: Floats
    likelihood: float
    bic: float
    is_diagonal: bool
    is_converged: bool

    @property
    def labels(self) -> Ints:
        """The likeliest part of each row."""
        found: Ints = self.chances.argmax(axis=1).astype(np.int64)
        return found


def mixed(rows: Features, most: int, *, seed: int) -> Mixture:
    """Return the mixture of 1 to `most` parts, with diagonal or full covariances, that has the lowest BIC.

    C. Fraley and A. E. Raftery, Model-based clustering, discriminant analysis, and density estimation,
    Journal of the American Statistical Association 97 (2002) 611–631, section 2. Raises NoMixture.
    """
    tried = [
        mixture(rows, parts, seed=seed, is_diagonal=is_diagonal)
        for parts in range(1, most + 1)
        for is_diagonal in (True, False)
        if _parameters(parts, rows.standard.shape[1], is_diagonal) < len(rows) / 2
    ]
    if not tried:
        raise NoMixture(f"{len(rows)} customers are too few to tell {len(rows.names)} features of one part.")
    return min(tried, key=lambda each: each.bic)


def mixture(rows: Features, parts: int, *, seed: int, is_diagonal: bool = False) -> Mixture:
    """Return the mixture of so many parts that is likeliest, from several starts.

    A. P. Dempster, N. M. Laird and D. B. Rubin, Maximum likelihood from incomplete data via the EM
    algorithm, Journal of the Royal Statistical Society B 39 (1977) 1–38. Starts are rows drawn far from each
    other (D. Arthur and S. Vassilvitskii, k-means++, SODA 2007), each row with the nearest.
    """
    random = np.random.default_rng([seed, parts])
    values = rows.standard
    if len(values) <= values.shape[1] + 1 or parts > len(values):
        raise NoMixture(
            f"{len(rows)} customers are too few to tell {parts} parts by {len(rows.names)} features."
        )
    runs = [
        _run(values, _spread(values, parts, random), is_diagonal) for _ in range(STARTS if parts > 1 else 1)
    ]
    weights, means, covariances, logs, is_converged = max(
        runs, key=lambda run: float(scipy.special.logsumexp(run[3], axis=1).sum())
    )
    whole = scipy.special.logsumexp(logs, axis=1)
    order = np.argsort(-weights, kind="stable")
    likelihood = float(whole.sum())
    cost = _parameters(parts, values.shape[1], is_diagonal) * float(np.log(len(values)))
    chances = np.exp(logs - whole[:, None])[:, order]
    return Mixture(
        weights[order], means[order], covariances[order], chances, likelihood, cost - 2 * likelihood,
        is_diagonal, is_converged,
    )  # fmt: skip


def _run(values: Floats, chances: Floats, is_diagonal: bool) -> tuple[Floats, Floats, Floats, Floats, bool]:
    """Return weights, means, covariances and log densities (rows, parts) after the last round."""
    before = -np.inf
    for _ in range(ROUNDS):
        weights, means, covariances = _maximised(values, chances, is_diagonal)
        logs = np.log(weights) + _densities(values, means, covariances)
        whole = scipy.special.logsumexp(logs, axis=1)
        likelihood = float(whole.mean())
        if likelihood - before < TOLERANCE:
            return weights, means, covariances, logs, True
        before, chances = likelihood, np.exp(logs - whole[:, None])
    return weights, means, covariances, logs, False


def _maximised(values: Floats, chances: Floats, is_diagonal: bool) -> tuple[Floats, Floats, Floats]:
    """Return the parameters that are likeliest for these chances, no part narrower than the narrowest."""
    counts = np.maximum(chances.sum(axis=0), 1e-9)
    means = (chances.T @ values) / counts[:, None]
    apart = values[:, None, :] - means
    if is_diagonal:
        each = np.einsum("np,npf->pf", chances, apart**2) / counts[:, None]
        spreads = np.maximum(each, NARROWEST)[:, :, None] * np.eye(values.shape[1])
    else:
        spreads = np.einsum("np,npf,npg->pfg", chances, apart, apart, optimize=True) / counts[:, None, None]
        sizes, directions = np.linalg.eigh(spreads)
        spreads = (directions * np.maximum(sizes, NARROWEST)[:, None, :]) @ directions.transpose(0, 2, 1)
    return counts / counts.sum(), means, spreads


def _densities(values: Floats, means: Floats, covariances: Floats) -> Floats:
    """Return log normal densities (rows, parts)."""
    roots = np.linalg.cholesky(covariances)
    inverse = np.linalg.inv(roots)
    apart = np.einsum("pfg,npg->npf", inverse, values[:, None, :] - means)
    sizes = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
    found: Floats = -0.5 * (apart**2).sum(axis=2) - sizes - 0.5 * values.shape[1] * np.log(2 * np.pi)
    return found


def _spread(values: Floats, parts: int, random: np.random.Generator) -> Floats:
    """Return chances to begin with: each row is with the nearest of some that are far from each other."""
    centres = [int(random.integers(len(values)))]
    for _ in range(parts - 1):
        squares = distances(values, values[centres]).min(axis=1) ** 2
        whole = squares.sum()
        chance = squares / whole if whole > 0 else np.full(len(values), 1 / len(values))
        centres.append(int(random.choice(len(values), p=chance)))
    nearest = distances(values, values[centres]).argmin(axis=1)
    found: Floats = np.eye(parts)[nearest]
    return found


def _parameters(parts: int, wide: int, is_diagonal: bool) -> int:
    return parts - 1 + parts * wide + parts * (wide if is_diagonal else wide * (wide + 1) // 2)
