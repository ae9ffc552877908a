"""Forecasts of sums: days that do not differ, and 90 % intervals that hold the truth nine times in ten."""

import numpy as np
import pytest
from scipy import stats

from zoco.stats.pace import DAYS_LEAST, PaceTooShort, pace

WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.4])


def days_drawn(
    rng: np.random.Generator, whole: int, *, rho: float, is_skewed: bool, has_weeks: bool
) -> np.ndarray:
    """Draw daily spend around 100: deviations of a quarter or, skewed, of a gamma with half as much again."""
    noise = rng.normal(size=whole + 30)
    for day in range(1, whole + 30):
        noise[day] = rho * noise[day - 1] + np.sqrt(1 - rho**2) * noise[day]
    noise = noise[30:]
    factor = stats.gamma.ppf(stats.norm.cdf(noise), 4) / 4 if is_skewed else 1 + 0.25 * noise
    weeks = np.tile(WEEK, whole // 7 + 1)[:whole] if has_weeks else 1.0
    return np.maximum(100 * weeks * factor, 0.0)


@pytest.mark.parametrize(
    ("rho", "is_skewed", "has_weeks"),
    [(0.0, False, False), (0.0, False, True), (0.5, False, True), (0.0, True, False), (0.5, True, True)],
)
@pytest.mark.parametrize(("over", "whole"), [(21, 30), (28, 90), (60, 90)])
def test_nine_of_ten_intervals_hold_what_a_campaign_comes_to(
    over: int, whole: int, rho: float, is_skewed: bool, has_weeks: bool
) -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _campaign in range(500):
        drawn = days_drawn(rng, whole, rho=rho, is_skewed=is_skewed, has_weeks=has_weeks)
        found = pace(drawn[:over], whole - over)
        held += found.low <= drawn.sum() <= found.high

    assert 0.85 <= held / 500 <= 0.95


def test_days_that_do_not_differ_go_on_so() -> None:
    found = pace(np.full(14, 10.0), 16)

    assert (found.so_far, round(found.total, 9), round(found.low, 6), round(found.high, 6)) == (
        140,
        300,
        300,
        300,
    )


def test_what_is_over_is_known_and_what_is_short_is_not_said() -> None:
    assert pace(np.arange(20.0), 0).high == 190
    with pytest.raises(PaceTooShort):
        pace(np.ones(DAYS_LEAST - 1), 5)
    with pytest.raises(ValueError, match="800"):
        pace(np.ones(20), 900)
