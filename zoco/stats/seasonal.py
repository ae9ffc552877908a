"""What a count should be by its own past: level times kind of day, robust, with a forecast's variance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.tails import bounds, tails

Floats = NDArray[np.float64]
HALF_LIFE_DAYS = 21.0
OUTLYING = 2.58
PRIOR_COUNTS = 6.0
PASSES = 3
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of each series the mean, and the variance of what will be seen around it; `dispersion` is phi."""

    mean: Floats
    variance: Floats
    dispersion: Floats

    def scaled(self, factor: float | Floats) -> "Forecast":
        """Return the forecast of so much more or less: the noise of counts scales, that of the level too."""
        level = np.maximum(self.variance - self.dispersion * self.mean, 0.0)
        mean = self.mean * factor
        return Forecast(mean, self.dispersion * mean + level * factor * factor, self.dispersion)

    def of(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Forecast":
        """Return the forecast of some of the series."""
        return Forecast(self.mean[rows], self.variance[rows], self.dispersion[rows])

    def tails(self, number: int, seen: float) -> tuple[float, float]:
        """Return how likely a series is so low, and so high."""
        return tails(seen, float(self.mean[number]), float(self.variance[number]))

    def bounds(self, number: int, confidence: float) -> tuple[float, float]:
        """Return the prediction interval of a series."""
        return bounds(float(self.mean[number]), float(self.variance[number]), confidence)


def forecast(
    past: Floats,
    kinds: NDArray[np.int64],
    kind: int,
    profile: Floats | None = None,
    exposure: tuple[Floats, Floats] | None = None,
) -> Forecast:
    """Forecast the next count of each row of `past` (series, days), oldest day first.

    `kinds` is the kind of each past day (0 to 6, the day of the week), `kind` that of the next; `profile` one
    for all series, or one for each. The mean is level × factor of the kind of day, a log-linear quasi-Poisson
    model fitted with weights that halve in three weeks, so that the level follows the season. Past outliers
    count by 1/s² where their Anscombe residual s is beyond 2.58, and forecasts are negative binomial:
    Noufaily, Enki, Farrington, Garthwaite, Andrews and Charlett, Statistics in Medicine 32 (2013) 1206–1222,
    sections 3.2 and 3.4; the variance phi·mean + Var(estimated mean) is Farrington et al. 1996, section 3.5.
    Two things differ: outliers on either side count less, as falls matter here too (in phi by 1/s⁴), and a
    factor of which little is known is drawn to `profile` (of the whole, or 1) by a gamma prior of six counts.
    `exposure` of each past day, around 1, and of the next: what counts are in proportion to, such as the rest
    of the whole (an offset: McCullagh and Nelder, Generalized Linear Models, 1989, section 6.2). What moves
    all alike is then no noise; the exposures' own noise is the caller's to add.
    """
    series, days = past.shape
    usual = np.ones(7) if profile is None else profile
    worth, now = exposure if exposure is not None else (np.ones_like(past), np.ones(series))
    recent = 0.5 ** ((days - 1 - np.arange(days)) / HALF_LIFE_DAYS)
    weights = np.broadcast_to(recent, past.shape).copy()
    phi, damped = np.ones(series), np.ones_like(past)
    for number in range(PASSES):
        # At first without what stands out of its own kind of day: a wave or a gap must not look like noise.
        clean = past if number else _clipped(past / worth, kinds) * worth
        factors, level, known = _fitted(clean, weights, kinds, usual, worth)
        fitted = np.maximum(level[:, None] * factors[:, kinds] * worth, _TINY)
        pearson = (past - fitted) / np.sqrt(fitted)
        phi = _robust(pearson) if number == 0 else _dispersion(pearson, weights * damped)
        residual = np.abs(_anscombe(past, fitted)) / np.sqrt(phi)[:, None]
        damped = np.where(residual > OUTLYING, (OUTLYING / np.maximum(residual, _TINY)) ** 2, 1.0)
        weights = recent * damped
    mean = level * factors[:, kind] * now
    uncertain = phi / np.maximum((weights * past).sum(1), 1.0) + phi / (known[:, kind] + PRIOR_COUNTS)
    return Forecast(mean, phi * mean + mean * mean * uncertain, phi)


def profiles_of(past: Floats, kinds: NDArray[np.int64]) -> Floats:
    """Return how much busier each kind of day is than the mean one, of each series: (series, 7)."""
    recent = np.ones_like(past)
    return _fitted(past, recent, kinds, np.ones(7), recent)[0]


def _fitted(
    past: Floats, weights: Floats, kinds: NDArray[np.int64], usual: Floats, worth: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return factors (series, 7), level, and the weighted counts behind each factor."""
    is_kind = (kinds[:, None] == np.arange(7)).astype(float)
    counted = (weights * past) @ is_kind
    present = (weights * worth) @ is_kind
    factors = np.broadcast_to(usual, counted.shape)
    for _ in range(2):
        level = counted.sum(1) / np.maximum((present * factors).sum(1), _TINY)
        factors = (counted + PRIOR_COUNTS * usual) / (present * level[:, None] + PRIOR_COUNTS)
    level = counted.sum(1) / np.maximum((present * factors).sum(1), _TINY)
    return factors, level, counted


def _clipped(past: Floats, kinds: NDArray[np.int64]) -> Floats:
    """Return counts drawn in to three robust deviations and three counts around their kind's median."""
    order = np.argsort(kinds, kind="stable")
    counts = np.bincount(kinds, minlength=7)
    # One column a kind, all kinds at once; what a kind has fewer of stays infinite.
    place = np.arange(len(kinds)) - np.repeat(np.cumsum(counts) - counts, counts)
    same = np.full((len(past), 7, int(counts.max(initial=0))), np.inf)
    same[:, kinds[order], place] = past[:, order]
    middle = _medians(same, counts)[:, kinds]
    same[:, kinds[order], place] = np.abs(past - middle)[:, order]
    reach = (3 * 1.4826 * _medians(same, counts) + 3)[:, kinds]
    found: Floats = np.clip(past, middle - reach, middle + reach)
    return found


def _medians(same: Floats, counts: NDArray[np.int64]) -> Floats:
    """Return medians (series, kinds) of the first so many of (series, kinds, days); infinite where none."""
    ordered, each = np.sort(same, axis=2), np.arange(7)
    low, high = np.maximum(counts - 1, 0) // 2, np.minimum(counts // 2, same.shape[2] - 1)
    found: Floats = (ordered[:, each, low] + ordered[:, each, high]) / 2
    return found


def _robust(pearson: Floats) -> Floats:
    found: Floats = np.maximum(1.0, (1.4826 * np.median(np.abs(pearson), axis=1)) ** 2)
    return found


def _dispersion(pearson: Floats, weights: Floats) -> Floats:
    """Return Pearson's phi, never below 1, with as many days as the weights are worth less the parameters."""
    worth = weights.sum(1) ** 2 / np.maximum((weights**2).sum(1), _TINY)
    mean_square = (weights * pearson**2).sum(1) / np.maximum(weights.sum(1), _TINY)
    found: Floats = np.maximum(1.0, mean_square * worth / np.maximum(worth - 7.0, worth / 4))
    return found


def _anscombe(past: Floats, fitted: Floats) -> Floats:
    """Return Anscombe's residuals of Poisson counts (Noufaily et al. 2013, section 3.2)."""
    root = np.cbrt(fitted)  # many times quicker than powers
    found: Floats = 1.5 * (np.cbrt(past) ** 2 - root**2) / np.sqrt(root)
    return found
