"""What moves all alike is no noise of one part: a forecast in proportion to exposures."""

import numpy as np
import pytest

from zoco.stats.seasonal import forecast

DAYS = 56
KINDS = np.arange(DAYS) % 7


def test_counts_in_proportion_to_what_is_known_vary_as_chance_has_them_and_no_more() -> None:
    rng = np.random.default_rng(4)
    days = rng.lognormal(0.0, 0.4, (200, DAYS + 1))
    counts = rng.poisson(40 * days).astype(float)
    past, worth, now = counts[:, :-1], days[:, :-1], days[:, -1]

    alone = forecast(past, KINDS, 0)
    beside = forecast(past, KINDS, 0, None, (worth, now))

    assert np.median(alone.dispersion) > 4
    assert np.median(beside.dispersion) < 1.4
    assert beside.mean == pytest.approx(40 * now, rel=0.35)
    error = (counts[:, -1] - beside.mean) / np.sqrt(beside.variance)
    assert 0.75 < np.std(error) < 1.15


def test_exposures_of_one_change_nothing() -> None:
    past = np.random.default_rng(1).poisson(30, (5, DAYS)).astype(float)

    same = forecast(past, KINDS, 3, None, (np.ones_like(past), np.ones(5)))

    assert np.array_equal(same.mean, forecast(past, KINDS, 3).mean)
    assert np.array_equal(same.variance, forecast(past, KINDS, 3).variance)


def test_a_day_without_any_exposure_does_no_harm() -> None:
    past = np.full((1, DAYS), 30.0)
    worth = np.ones_like(past)
    past[0, 10], worth[0, 10] = 0.0, 1e-3

    found = forecast(past, KINDS, 0, None, (worth, np.array([0.5])))

    assert found.mean[0] == pytest.approx(15.0, rel=0.02)
