"""Forecasts against counts whose truth is known: their mean, the share that the interval holds, outliers."""

import numpy as np
import pytest
from numpy.typing import NDArray

from zoco.stats.seasonal import forecast, profiles_of

KINDS = np.arange(56) % 7
FACTORS = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.7, 1.1])


def drawn(rng: np.random.Generator, level: float, phi: float, series: int) -> NDArray[np.float64]:
    """Draw 57 days of negative binomial counts of mean level × factor and variance phi × mean."""
    mean = np.tile(level * FACTORS, 9)[:57]
    if phi == 1:
        return rng.poisson(mean, (series, 57)).astype(float)
    return rng.negative_binomial(mean / (phi - 1), 1 / phi, (series, 57)).astype(float)


@pytest.mark.parametrize(("level", "phi"), [(4.0, 1.0), (40.0, 1.0), (40.0, 4.0), (400.0, 8.0)])
def test_the_interval_holds_about_its_share(level: float, phi: float) -> None:
    counts = drawn(np.random.default_rng(7), level, phi, 1_500)

    found = forecast(counts[:, :56], KINDS, 0)
    inside = [
        low <= counts[number, 56] <= high
        for number in range(1_500)
        for low, high in [found.bounds(number, 0.95)]
    ]

    assert 0.93 <= np.mean(inside) <= 0.99
    assert np.median(found.mean) == pytest.approx(1.2 * level, rel=0.1)


def test_a_week_without_counts_and_a_wave_do_not_move_the_forecast() -> None:
    counts = drawn(np.random.default_rng(8), 100.0, 2.0, 200)
    whole = forecast(counts[:, :56], KINDS, 0)
    spoilt = counts.copy()
    spoilt[:, 30:37] = 0
    spoilt[:, 12:15] *= 6

    found = forecast(spoilt[:, :56], KINDS, 0)

    assert np.median(found.mean) == pytest.approx(float(np.median(whole.mean)), rel=0.06)
    assert np.median(found.dispersion) < 2 * np.median(whole.dispersion)


def test_the_level_follows_a_season() -> None:
    growing = np.round(100 * 1.005 ** np.arange(56))[None, :]

    found = forecast(growing, KINDS, 0)

    assert 0.85 * 100 * 1.005**56 < found.mean[0] < 100 * 1.005**56


def test_a_part_that_lives_on_one_day_of_the_week_is_expected_on_that_day_only() -> None:
    letters = np.where(KINDS == 1, 70.0, 0.0)[None, :]

    assert forecast(letters, KINDS, 1).mean[0] == pytest.approx(70, rel=0.15)
    assert forecast(letters, KINDS, 2).mean[0] < 3


def test_little_known_takes_the_profile_of_the_whole() -> None:
    whole = np.tile(1_000 * FACTORS, 8)
    few = np.ones((1, 56))

    found = [forecast(few, KINDS, kind, profiles_of(whole[None], KINDS)[0]).mean[0] for kind in (0, 5)]

    assert found[0] > found[1]


def test_scaling_keeps_the_noise_of_counts() -> None:
    found = forecast(drawn(np.random.default_rng(9), 50.0, 1.0, 3)[:, :56], KINDS, 0)

    half = found.scaled(0.5)

    assert half.mean == pytest.approx(found.mean / 2)
    assert (half.variance >= half.dispersion * half.mean).all()
    assert (half.variance < found.variance).all()
