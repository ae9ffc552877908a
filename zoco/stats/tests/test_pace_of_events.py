"""Forecasts of conversions and revenue: intervals hold the truth of counts and of sums of skewed amounts."""

import numpy as np
import pytest
from scipy import stats

from zoco.stats.pace import DAYS_LEAST, DAYS_WITH_LEAST, PaceTooShort, pace, pace_of_events

WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.4]) * 7 / 6.1
BACK_DAYS = 5
CAMPAIGNS = 500
GIVEN_BACK = 0.1


def counts_drawn(rng: np.random.Generator, whole: int, mean: float, *, is_dispersed: bool) -> np.ndarray:
    """Draw Poisson counts; dispersed, their means vary by half (gamma), each leaning on the last."""
    factor = np.ones(whole)
    if is_dispersed:
        noise = rng.normal(size=whole + 30)
        for day in range(1, whole + 30):
            noise[day] = 0.5 * noise[day - 1] + np.sqrt(0.75) * noise[day]
        factor = stats.gamma.ppf(stats.norm.cdf(noise[30:]), 4) / 4
    return rng.poisson(mean * np.resize(WEEK, whole) * factor).astype(float)


def revenue_drawn(rng: np.random.Generator, counts: np.ndarray, over: int) -> tuple[np.ndarray, float]:
    """Draw log-normal amounts of orders: by day what is left of them after `over` days, and of all at last.

    One in ten is given back and leaves the day on which it was sold, five days on.
    """
    whole = len(counts)
    seen, last = np.zeros(whole), np.zeros(whole)
    for day, count in enumerate(counts.astype(int)):
        amounts = rng.lognormal(4, 1, count)
        kept = amounts[rng.random(count) >= GIVEN_BACK].sum()
        seen[day] = kept if day + BACK_DAYS < over else amounts.sum()
        last[day] = kept if day + BACK_DAYS < whole else amounts.sum()
    return seen[:over], float(last.sum())


def held(over: int, whole: int, mean: float, kind: str) -> float:
    """Return in which share of simulated campaigns the interval held what came at last."""
    rng = np.random.default_rng(1)
    hits = []
    for _campaign in range(CAMPAIGNS):
        counts = counts_drawn(rng, whole, mean, is_dispersed=kind != "counts")
        days, total = counts[:over], float(counts.sum())
        if kind == "revenue":
            days, total = revenue_drawn(rng, counts, over)
        try:
            found = pace_of_events(days, whole - over, may_fall=kind == "revenue")
        except PaceTooShort:
            continue
        hits.append(found.low <= total <= found.high)
    assert len(hits) > CAMPAIGNS / 2
    return float(np.mean(hits))


@pytest.mark.parametrize("kind", ["counts", "dispersed counts", "revenue"])
@pytest.mark.parametrize(("over", "whole", "mean"), [(14, 30, 5), (28, 90, 20), (60, 90, 0.5)])
def test_nine_of_ten_intervals_hold_what_comes(over: int, whole: int, mean: float, kind: str) -> None:
    assert 0.85 <= held(over, whole, mean, kind) <= 0.95


def test_what_comes_on_few_days_is_not_forecast_and_else_it_is_as_ever() -> None:
    days = np.zeros(20)
    days[:DAYS_WITH_LEAST] = 1

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
