"""Metrics from sums alone, against what rows say by first principles."""

import statistics
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from zoco.stats.trials.metrics import drawn_in, mean, proportion, ratio, retention
from zoco.stats.trials.moments import Moments, NoSpread, TooFew

PAID = [0.0, 0.0, 12.5, 0.0, 40.0, 7.25, 0.0, 990.0]
VIEWS = [1.0, 4.0, 3.0, 2.0, 9.0, 5.0, 1.0, 7.0]


def test_mean_is_that_of_rows() -> None:
    found = mean(Moments.of(PAID))

    assert (found.n, found.value) == (8, statistics.fmean(PAID))
    assert found.variance == pytest.approx(statistics.variance(PAID), rel=1e-12)
    assert found.error == pytest.approx((statistics.variance(PAID) / 8) ** 0.5, rel=1e-12)


def test_proportion_is_the_mean_of_ones_and_zeros() -> None:
    found = proportion(3, 8)

    assert (found.value, found.events) == (0.375, 3)
    assert found.variance == pytest.approx(statistics.variance([1, 1, 1, 0, 0, 0, 0, 0]), rel=1e-12)
    assert proportion(6, 8).events == 2


def test_sums_of_a_database_tell_what_rows_tell() -> None:
    columns = [PAID, VIEWS]
    products = [[sum(a * b for a, b in zip(x, y, strict=True)) for y in columns] for x in columns]

    found = Moments.summed(8, [sum(PAID), sum(VIEWS)], products)

    assert found.means == pytest.approx(Moments.of(*columns).means)
    assert found.covariance() == pytest.approx(np.cov(PAID, VIEWS), rel=1e-12)


def test_no_digit_is_lost_where_means_are_large_against_the_spread() -> None:
    amounts = [Decimal("100000000.01"), Decimal("100000000.02"), Decimal("100000000.04")]

    found = Moments.summed(3, [sum(amounts)], [[sum(each * each for each in amounts)]])

    assert found.covariance()[0, 0] == pytest.approx(float(statistics.variance(map(Fraction, amounts))))


def test_moments_of_two_days_are_those_of_both_together() -> None:
    first, second = Moments.of(PAID[:3], VIEWS[:3]), Moments.of(PAID[3:], VIEWS[3:])

    both, rows = first + second, Moments.of(PAID, VIEWS)

    assert both.n == 8
    assert both.means == pytest.approx(rows.means)
    assert np.array(both.products) == pytest.approx(np.array(rows.products))


def test_ratio_has_the_variance_of_its_linear_form() -> None:
    value = sum(PAID) / sum(VIEWS)
    told = [(paid - value * views) / statistics.fmean(VIEWS) for paid, views in zip(PAID, VIEWS, strict=True)]

    found = ratio(Moments.of(PAID, VIEWS))

    assert found.value == pytest.approx(value)
    assert found.variance == pytest.approx(statistics.variance(told), rel=1e-12)


def test_ratio_varies_as_the_bootstrap_says_where_views_of_a_unit_are_alike() -> None:
    random = np.random.default_rng(5)
    views = random.poisson(6, 2_000) + 1.0
    clicks = random.binomial(views.astype(int), random.beta(2, 8, 2_000)).astype(float)
    drawn = random.integers(0, 2_000, (2_000, 2_000))

    found = ratio(Moments.of(clicks, views))

    again = clicks[drawn].sum(1) / views[drawn].sum(1)
    as_independent = (found.value * (1 - found.value) / views.sum()) ** 0.5
    assert found.error == pytest.approx(float(again.std(ddof=1)), rel=0.05)
    assert found.error > 1.2 * as_independent


def test_revenue_is_drawn_in_to_a_percentile_of_all_arms_together() -> None:
    arms = {"a": [0.0] * 6 + [10.0, 20.0, 30.0, 40.0], "b": [0.0] * 5 + [10.0, 20.0, 30.0, 50.0, 5_000.0]}

    found = drawn_in(arms, 0.95)

    assert (found.cap, found.moved) == (50.0, 1)
    assert found.arms["a"].value == 10.0
    assert found.arms["b"].value == 16.0
    assert found.arms["b"].events == 5
    assert found.arms["b"].variance == pytest.approx(statistics.variance([0] * 5 + [10, 20, 30, 50, 50]))


def test_retention_counts_only_units_whose_days_are_over() -> None:
    # Seven units; windows of days 7 to 13 after exposure; what is known ends before day 20.
    exposed = np.array([0, 0, 3, 6, 6, 7, 12])
    units = np.array([0, 0, 1, 2, 3, 4, 5, 6])
    days = np.array([1, 7, 14, 16, 12, 13, 15, 19])

    found = retention(exposed, units, days, window=(7, 14), until=20)

    # Unit 0 on its day 7; unit 1 on day 14, too late; 2 on day 13; 3 on day 6, too early; 4 on day 7.
    assert (found.n, found.value) == (5, 0.6)


@pytest.mark.parametrize("n", [0, 1])
def test_of_less_than_two_units_there_is_no_spread(n: int) -> None:
    with pytest.raises(TooFew):
        proportion(0, n)
    with pytest.raises(TooFew):
        mean(Moments.of([1.0] * n))


def test_more_successes_than_units_and_ratios_to_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="no share"):
        proportion(9, 8)
    with pytest.raises(NoSpread):
        ratio(Moments.of([1.0, 2.0], [0.0, 0.0]))
    with pytest.raises(ValueError, match="percentile"):
        drawn_in({"a": [1.0, 2.0]}, 99.0)
