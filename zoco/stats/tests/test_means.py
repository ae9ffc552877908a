"""Bounds of means against printed figures and Python's own sums."""

from statistics import fmean, stdev

import pytest

from zoco.stats.means import mean_bounds, student_bounds

# Student, The probable error of a mean, Biometrika 6 (1908), p. 20: hours of sleep gained more by the second
# drug than by the first, here in tenths.
SLEEP = (12, 24, 13, 13, 0, 10, 18, 8, 46, 14)


def test_bounds_of_many_are_the_normal_ones_by_the_sample_deviation() -> None:
    values = [float(each * each % 47) for each in range(1, 41)]

    low, high = mean_bounds(sum(values), sum(each * each for each in values), len(values))

    half = 1.959963984540054 * stdev(values) / 40**0.5
    assert (low, high) == pytest.approx((fmean(values) - half, fmean(values) + half), rel=1e-12)


def test_bounds_of_what_is_all_alike_are_the_mean() -> None:
    low, high = mean_bounds(0.1 * 37, 0.1 * 0.1 * 37, 37)

    assert (low, high) == pytest.approx((0.1, 0.1), abs=1e-9)


def test_bounds_of_few_are_those_of_students_own_patients() -> None:
    # R, t.test(extra ~ group, paired = TRUE): mean 1.58, 95 percent from 0.7001142 to 2.4598858.
    assert student_bounds(SLEEP) == pytest.approx((7.001142, 24.598858), abs=1e-6)


def test_two_values_have_bounds_and_one_or_all_alike_have_none() -> None:
    # t of one degree of freedom is Cauchy's: 12.7062; √2 / √2 is 1.
    assert student_bounds((0, 2)) == pytest.approx((1 - 12.706205, 1 + 12.706205), abs=1e-5)
    assert student_bounds((5,)) is None
    assert student_bounds((5, 5, 5)) is None
