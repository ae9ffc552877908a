"""Wilson's interval against published figures, and against what defines it."""

import numpy as np
import pytest

from zoco.stats.proportions import difference, normal_quantile, wilson


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998)
# 857–872, table I, method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_bounds_agree_with_newcombe(successes: int, trials: int, lower: float, upper: float) -> None:
    assert wilson(successes, trials) == pytest.approx((lower, upper), abs=0.00005)


def test_bounds_are_where_the_score_test_just_rejects() -> None:
    z, successes, trials = normal_quantile(0.9), 7, 40

    for bound in wilson(successes, trials, confidence=0.9):
        score = (successes / trials - bound) / (bound * (1 - bound) / trials) ** 0.5

        assert abs(score) == pytest.approx(z)


def test_bounds_of_none_and_of_all_are_exact_and_no_bound_leaves_the_shares_there_are() -> None:
    trials = np.arange(1.0, 3_000.0)

    low_of_none, high_of_none = wilson(np.zeros_like(trials), trials)
    low_of_all, high_of_all = wilson(trials, trials)

    assert (low_of_none == 0).all()
    assert (high_of_all == 1).all()
    assert low_of_all == pytest.approx(1 - high_of_none, abs=1e-12), "what is not reached is a share, too"


def test_arrays_are_taken_as_numbers_are() -> None:
    lower, upper = wilson(np.array([0.0, 1.0]), np.array([20.0, 29.0]))

    assert lower == pytest.approx([0, 0.0061], abs=0.00005)
    assert upper == pytest.approx([0.1611, 0.1718], abs=0.00005)


def test_coverage_is_near_what_it_says() -> None:
    random = np.random.default_rng(1)
    share, trials = 0.03, 400
    lower, upper = wilson(
        random.binomial(trials, share, 20_000).astype(float), np.full(20_000, float(trials))
    )

    covered = float(np.mean((lower <= share) & (share <= upper)))

    assert 0.94 <= covered <= 0.97


# R. G. Newcombe, Stat. Med. 17 (1998) 873–890, table II, method 10: columns (a), (b), (c) and (h).
@pytest.mark.parametrize(
    ("table", "bounds"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ],
)
def test_bounds_of_differences_agree_with_newcombe(
    table: tuple[int, int, int, int], bounds: tuple[float, float]
) -> None:
    assert difference(*table) == pytest.approx(bounds, abs=0.00005)
