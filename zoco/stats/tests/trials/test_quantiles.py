"""Quantiles as metrics: against the sample, theory and the bootstrap."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from zoco.stats.trials.fixed import ended
from zoco.stats.trials.moments import Floats, TooFew
from zoco.stats.trials.quantiles import quantile


def test_worked_example_by_order_statistics() -> None:
    # 1, 4, 9 … of 400 values; the median is the 200th, held by the ranks 200 ± 1.95996 × 10.
    values = np.random.default_rng(1).permutation(np.arange(1, 401) ** 2)

    found = quantile(values, 0.5)

    low, high = math.floor(200 - 19.5996), math.ceil(200 + 19.5996) + 1
    assert (low, high) == (180, 221)
    assert found.value == 200**2
    assert found.error == pytest.approx((221**2 - 180**2) / (2 * 1.959964), abs=1e-3)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95])
def test_independent_values_vary_as_theory_says(share: float) -> None:
    random = np.random.default_rng(2)
    n = 20_000

    errors = [quantile(random.exponential(1.0, n), share).error for _ in range(30)]

    # sqrt(p (1 - p) / n) / f(q), and the exponential density at its quantile is 1 - p.
    assert np.mean(errors) == pytest.approx(math.sqrt(share * (1 - share) / n) / (1 - share), rel=0.05)


def waits(random: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Return waits of 400 units, each with some of its own, alike among themselves."""
    units = np.repeat(np.arange(400), random.poisson(8, 400) + 1)
    return np.exp(random.normal(0, 0.8, 400)[units] + random.normal(0, 0.4, len(units))), units


def test_of_units_that_wait_many_times_the_variance_is_that_of_trials_done_again() -> None:
    random = np.random.default_rng(3)
    again = [quantile(values, 0.9, units) for values, units in (waits(random) for _ in range(400))]

    truth = float(np.std([each.value for each in again], ddof=1))

    assert again[0].n == 400
    assert np.mean([each.error for each in again]) == pytest.approx(truth, rel=0.08)


def test_of_units_that_wait_many_times_the_bootstrap_over_units_agrees() -> None:
    random = np.random.default_rng(4)
    values, units = waits(random)
    split = np.split(values, np.flatnonzero(np.diff(units)) + 1)
    again = [
        np.quantile(np.concatenate([split[one] for one in random.integers(0, 400, 400)]), 0.9)
        for _ in range(400)
    ]

    clustered, independent = quantile(values, 0.9, units), quantile(values, 0.9)

    assert clustered.value == independent.value
    assert clustered.error == pytest.approx(float(np.std(again, ddof=1)), rel=0.25)
    assert clustered.error > 1.6 * independent.error


def test_units_of_one_value_each_are_independent() -> None:
    values = np.random.default_rng(4).normal(size=500)

    clustered, independent = quantile(values, 0.5, np.arange(500)), quantile(values, 0.5)

    assert clustered.error == pytest.approx(independent.error, rel=0.002)


def test_too_few_values_for_so_far_out_are_refused() -> None:
    with pytest.raises(TooFew):
        quantile(np.arange(99.0), 0.5)
    with pytest.raises(TooFew):
        quantile(np.arange(200.0), 0.999)


def test_of_arms_alike_one_in_twenty_at_most_is_called_different() -> None:
    random = np.random.default_rng(6)

    independent = [
        ended(*(quantile(random.lognormal(0, 1, 1_000), 0.9) for _ in "ab"), planned=2_000).p
        for _ in range(1_000)
    ]
    clustered = [
        ended(
            *(quantile(values, 0.9, units) for values, units in (waits(random), waits(random))), planned=800
        ).p
        for _ in range(500)
    ]

    assert np.mean(np.array(independent) <= 0.05) <= 0.055
    assert np.mean(np.array(clustered) <= 0.05) <= 0.065
