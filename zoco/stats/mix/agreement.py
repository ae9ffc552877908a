"""Whether chains agree, and how many independent draws they are worth.

A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and P.-C. Bürkner, Rank-normalization, folding, and
localization: an improved R-hat for assessing convergence of MCMC, Bayesian Analysis 16 (2021) 667–718.
"""

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def r_hat(draws: Floats) -> float:
    """Return the larger of the split R-hat of ranks and of folded ranks; 1 is agreement.

    `draws` is (sweeps, chains). Infinite where a chain never moved and others are elsewhere.
    """
    halves = _split(draws)
    return max(_ratio(_ranked(halves)), _ratio(_ranked(np.abs(halves - np.median(halves)))))


def sample_size(draws: Floats) -> float:
    """Return the effective sample size of the bulk: of ranks, over split chains."""
    return _effective(_ranked(_split(draws)))


def tail_size(draws: Floats) -> float:
    """Return the least effective sample size of the 5% and 95% quantiles."""
    halves = _split(draws)
    low, high = np.quantile(halves, [0.05, 0.95])
    return min(_effective((halves <= edge).astype(np.float64)) for edge in (low, high))


def _split(draws: Floats) -> Floats:
    half = len(draws) // 2
    return np.hstack([draws[:half], draws[len(draws) - half :]])


def _ranked(draws: Floats) -> Floats:
    """Return normal scores of ranks over all chains, as G. Blom (1958) has them."""
    ranks = scipy.stats.rankdata(draws, axis=None).reshape(draws.shape)
    found: Floats = scipy.special.ndtri((ranks - 0.375) / (draws.size + 0.25))
    return found


def _ratio(draws: Floats) -> float:
    """Return R-hat of chains that are split already."""
    length = len(draws)
    between = length * float(draws.mean(axis=0).var(ddof=1))
    within = float(draws.var(axis=0, ddof=1).mean())
    if within <= 0:
        return 1.0 if between <= 0 else float("inf")
    return float((((length - 1) / length * within + between / length) / within) ** 0.5)


def _effective(draws: Floats) -> float:
    """Return the effective sample size by Geyer's initial monotone sequence."""
    length, chains = draws.shape
    centred = draws - draws.mean(axis=0)
    size = 1 << (2 * length - 1).bit_length()
    waves = np.fft.rfft(centred, n=size, axis=0)
    covariances = np.fft.irfft(waves * waves.conj(), n=size, axis=0)[:length] / length
    within = float(covariances[0].mean()) * length / (length - 1)
    if within <= 0:
        return float(draws.size)
    total = within * (length - 1) / length
    total += float(draws.mean(axis=0).var(ddof=1)) if chains > 1 else 0.0
    correlations = 1 - (within - covariances.mean(axis=1) * length / (length - 1)) / total
    correlations[0] = 1.0
    pairs = correlations[: length - length % 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs < 0)
    kept = np.minimum.accumulate(pairs[: negative[0] if len(negative) else len(pairs)])
    time = -1 + 2 * float(kept.sum())
    return float(min(draws.size / max(time, 1e-12), draws.size * np.log10(draws.size)))
