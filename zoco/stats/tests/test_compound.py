"""Bounds of counts and sums against printed figures, and how often they hold in simulation."""

import math

import numpy as np
import pytest

from zoco.stats.compound import count_bounds, sum_bounds


def summed(count: int, mean: float) -> float:
    """Return P(X <= count) of a Poisson mean, term by term."""
    return sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count + 1))


def test_bounds_of_counts_leave_a_fortieth_on_either_side() -> None:
    for count in (1, 5, 10, 50):
        low, high = count_bounds(count, 0.95)
        assert summed(count, high) == pytest.approx(0.025, abs=1e-9)
        assert 1 - summed(count - 1, low) == pytest.approx(0.025, abs=1e-9)
    # The rule of three, of nothing seen: -ln .025 on both sides, -ln .05 on one.
    assert count_bounds(0, 0.95) == pytest.approx((0.0, -math.log(0.025)))
    assert count_bounds(0, 0.9)[1] == pytest.approx(2.9957, abs=1e-4)


def test_of_equal_amounts_a_sum_has_the_bounds_of_their_count() -> None:
    low, high = sum_bounds(200.0, 10 * 20.0**2, 0.95)

    assert (low, high) == pytest.approx(tuple(20 * each for each in count_bounds(10, 0.95)))
    assert sum_bounds(0.0, 0.0, 0.95, typical=20)[1] == pytest.approx(20 * 3.6889, abs=0.001)
    with pytest.raises(ValueError, match="typical"):
        sum_bounds(0.0, 0.0, 0.95)


def test_bounds_of_sums_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(2_000):
        amounts = rng.lognormal(3.0, 0.7, size=rng.poisson(25))
        low, high = sum_bounds(float(amounts.sum()), float((amounts**2).sum()), 0.9)
        held += low <= 25 * np.exp(3.0 + 0.7**2 / 2) <= high

    assert 0.86 <= held / 2_000 <= 0.95


@pytest.mark.parametrize(("count", "level"), [(-1, 0.9), (3, 0.0), (3, 1.0)])
def test_no_count_is_below_0_and_no_level_is_never_or_always(count: int, level: float) -> None:
    with pytest.raises(ValueError):
        count_bounds(count, level)
