"""Tails and bounds against sums that Python's own whole numbers give."""

import math

import numpy as np
import pytest
import scipy.stats

from zoco.stats.tails import bounds, tails


def poisson(count: int, mean: float) -> float:
    return sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count + 1))


def negative_binomial(count: int, mean: float, variance: float) -> float:
    size, share = mean**2 / (variance - mean), mean / variance
    chances = (
        math.exp(math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1) + k * math.log(1 - share))
        for k in range(count + 1)
    )
    return float(share**size * sum(chances))


def test_poisson_where_the_variance_is_no_larger_than_the_mean() -> None:
    low, high = tails(3, 10.0, 10.0)

    assert low == pytest.approx(poisson(3, 10.0), rel=1e-9)
    assert high == pytest.approx(1 - poisson(2, 10.0), rel=1e-9)
    assert tails(0, 12.0, 5.0)[0] == pytest.approx(math.exp(-12.0))


@pytest.mark.parametrize(("count", "mean", "variance"), [(0, 5.0, 20.0), (7, 20.0, 60.0), (90, 40.0, 200.0)])
def test_negative_binomial_of_a_mean_and_a_variance(count: int, mean: float, variance: float) -> None:
    low, high = tails(count, mean, variance)

    assert low == pytest.approx(negative_binomial(count, mean, variance), rel=1e-9)
    assert high == pytest.approx(1 - negative_binomial(count - 1, mean, variance), rel=1e-6)


def test_small_tails_keep_their_digits() -> None:
    assert tails(200, 20.0, 20.0)[1] == pytest.approx(1.4e-120, rel=0.2)


def test_bounds_hold_at_least_their_share_and_no_step_more() -> None:
    low, high = bounds(10.0, 10.0, 0.95)

    assert (low, high) == (4.0, 17.0)  # the 2.5 % and 97.5 % quantiles of Poisson(10)
    assert poisson(3, 10.0) < 0.025 <= poisson(4, 10.0)


def test_large_means_go_by_the_power_and_agree_with_the_sum() -> None:
    rng = np.random.default_rng(5)
    drawn = rng.negative_binomial(1_000, 1_000 / (1_000 + 80_000), 200_000)
    low, high = bounds(80_000.0, 80_000.0 + 80_000.0**2 / 1_000, 0.95)

    assert np.mean(drawn < low) == pytest.approx(0.025, abs=0.003)
    assert np.mean(drawn > high) == pytest.approx(0.025, abs=0.003)


def test_of_nothing_expected_anything_is_too_much() -> None:
    assert tails(0, 0.0, 0.0) == (1.0, 1.0)
    assert tails(1, 0.0, 0.0) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("seen", "mean", "variance"), [(59_400, 60_000.0, 60_000.0), (66_000, 60_000.0, 1.5e7)]
)
def test_tails_of_large_means_are_nearly_the_exact_ones(seen: int, mean: float, variance: float) -> None:
    law = (
        scipy.stats.poisson(mean)
        if variance == mean
        else scipy.stats.nbinom(mean**2 / (variance - mean), mean / variance)
    )

    low, high = tails(seen, mean, variance)

    assert low == pytest.approx(law.cdf(seen), rel=0.05)
    assert high == pytest.approx(law.sf(seen - 1), rel=0.05)


def test_far_tails_of_heaps_are_summed_to_their_end() -> None:
    # Geometric from 0 with mean 0.5: P(X >= k) = (1/3)^k, however far out.
    assert tails(60, 0.5, 0.75)[1] == pytest.approx(3.0**-60, rel=1e-6)
    # Mean 2 in heaps: what lies beyond is summed until nothing counts.
    law = scipy.stats.nbinom(2.0**2 / 98.0, 0.02)
    assert tails(300, 2.0, 100.0)[1] == pytest.approx(law.sf(299), rel=1e-6)
    assert bounds(2.0, 100.0, 0.99) == (law.ppf(0.005), law.ppf(0.995))
