"""Forecasts of conversions and revenue: intervals hold the truth of counts and of sums of skewed amounts."""

import numpy as np
import pytest
from scipy import stats

from zoco.stats.pace import DAYS_LEAST, DAYS_WITH_LEAST, PaceTooShort, pace, pace_of_events

WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.4]) * 7 / 6.1
BACK_DAYS = 5
GIVEN_BACK = 0.1
CAMPAIGNS = 400


def counts_drawn(rng: np.random.Generator, whole: int, mean: float, *, is_dispersed: bool) -> np.ndarray:
    """Draw Poisson counts; dispersed, their means vary by a gamma of half as much, each leaning on the last."""
    factor = np.ones(whole)
    if is_dispersed:
        noise = rng.normal(size=whole + 30)
        for day in range(1, whole + 30):
            noise[day] = 0.5 * noise[day - 1] + np.sqrt(0.75) * noise[day]
        factor = stats.gamma.ppf(stats.norm.cdf(noise[30:]), 4) / 4
    return rng.poisson(mean * np.resize(WEEK, whole) * factor).astype(float)


def revenue_drawn(rng: np.random.Generator, counts: np.ndarray) -> np.ndarray:
    """Draw log-normal amounts of orders, of which one in ten is given back five days on."""
    found = np.zeros(len(counts))
    for day, count in enumerate(counts.astype(int)):
        amounts = rng.lognormal(4, 1, count)
        found[day] += amounts.sum()
        if day + BACK_DAYS < len(counts):
            found[day + BACK_DAYS] -= amounts[rng.random(count) < GIVEN_BACK].sum()
    return found


@pytest.mark.parametrize("is_dispersed", [False, True])
@pytest.mark.parametrize("is_revenue", [False, True])
@pytest.mark.parametrize(
    ("over", "whole", "mean"), [(14, 30, 5), (21, 30, 2), (28, 90, 1), (28, 90, 20), (60, 90, 0.5)]
)
def test_nine_of_ten_intervals_hold_what_comes(
    over: int, whole: int, mean: float, is_revenue: bool, is_dispersed: bool
) -> None:
    rng = np.random.default_rng(1)
    held = told = 0
    for _campaign in range(CAMPAIGNS):
        drawn = counts_drawn(rng, whole, mean, is_dispersed=is_dispersed)
        if is_revenue:
            drawn = revenue_drawn(rng, drawn)
        try:
            found = pace_of_events(drawn[:over], whole - over, may_fall=is_revenue)
        except PaceTooShort:
            continue
        told += 1
        held += found.low <= drawn.sum() <= found.high

    assert told > CAMPAIGNS / 2
    assert 0.85 <= held / told <= 0.95


def test_what_comes_on_few_days_is_not_forecast_and_else_it_is_as_ever() -> None:
    days = np.zeros(20)
    days[:DAYS_WITH_LEAST] = 3

    assert pace_of_events(days, 8) == pace(days, 8)
    days[0] = -3
    for short in (days, np.ones(DAYS_LEAST - 1)):
        with pytest.raises(PaceTooShort, match="at least"):
            pace_of_events(short, 8)


def test_what_may_fall_has_its_whole_interval() -> None:
    days = np.resize([0.0, 90.0, 10.0, 20.0], 28)

    held, free = pace(days, 1), pace(days, 1, may_fall=True)

    assert held.low == days.sum() > free.low
    assert (free.total - free.low) == pytest.approx(free.high - free.total)
