"""A forecast of a sum against the formulas written out, sum by sum."""

import numpy as np
import pytest
import scipy.stats

from zoco.stats.pace import DAYS_MOST, pace

DAYS = np.array([8.0, 3, 5, 6, 7, 12, 14, 9, 4, 4, 7, 9, 15, 13, 12, 6, 7, 7, 8, 13, 15, 7, 2, 3])
TO_COME = 9


def by_sums(days: list[float], to_come: int, level: float) -> tuple[float, float]:
    """Return the forecast of the whole and half the width of its interval."""
    n = len(days)
    alike = [[float(i % 7 == j % 7) for j in range(n)] for i in range(n)]
    left = [
        days[i] - sum(a * d for a, d in zip(alike[i], days, strict=True)) / sum(alike[i]) for i in range(n)
    ]
    squares = sum(each * each for each in left)
    lag = sum(left[i] * left[i - 1] for i in range(1, n)) / squares
    rho = min(max(lag + (2 + 3 * lag) / n, 0.0), 0.8)
    maker = [[float(i == j) - alike[i][j] / sum(alike[i]) for j in range(n)] for i in range(n)]
    spread = [[sum(maker[i][k] * rho ** abs(k - j) for k in range(n)) for j in range(n)] for i in range(n)]
    trace = sum(spread[i][i] for i in range(n))
    trace_of_square = sum(spread[i][j] * spread[j][i] for i in range(n) for j in range(n))
    # What is to come less its forecast: each day to come once, each past one as often as the forecast has it.
    taken = [-sum(float(f % 7 == i % 7) for f in range(n, n + to_come)) / sum(alike[i]) for i in range(n)]
    weights = [*taken, *([1.0] * to_come)]
    variance = sum(
        a * b * rho ** abs(i - j) for i, a in enumerate(weights) for j, b in enumerate(weights)
    ) * (squares / trace)
    half = scipy.stats.t.ppf(0.5 + level / 2, trace**2 / trace_of_square) * variance**0.5
    return sum(days) - sum(t * d for t, d in zip(taken, days, strict=True)), float(half)


@pytest.mark.parametrize("level", [0.9, 0.5])
def test_total_and_interval_are_those_of_the_formulas(level: float) -> None:
    found = pace(DAYS, TO_COME, level=level)

    total, half = by_sums(DAYS.tolist(), TO_COME, level)
    assert found.so_far == DAYS.sum()
    assert found.total == pytest.approx(total)
    assert (found.total - found.low, found.high - found.total) == pytest.approx((half, half))


def test_no_interval_goes_below_what_is_there() -> None:
    wild = DAYS * np.tile([0.0, 9.0], 12)

    found = pace(wild, 1)

    assert found.low == wild.sum() > found.total - by_sums(wild.tolist(), 1, 0.9)[1]


def test_a_period_may_be_as_long_as_it_says_and_no_longer() -> None:
    days = np.tile(DAYS, 34)[: DAYS_MOST - 1]

    assert pace(days, 1).total > days.sum()
    for to_come in (2, -1):
        with pytest.raises(ValueError, match="800 days at most"):
            pace(days, to_come)
