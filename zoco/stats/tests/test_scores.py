"""Scores of surveys against figures worked out by hand, and how often their interval holds the truth."""

from math import comb, sqrt

import numpy as np
import pytest

from zoco.stats.means import student_bounds
from zoco.stats.scores import net_bounds, net_difference, recommended


def test_a_score_is_promoters_less_detractors() -> None:
    found = recommended([10, 9, 9, 8, 7, 6, 0, 10, 9, 10])

    assert (found.promoters, found.passives, found.detractors) == (6, 2, 2)
    assert found.score == pytest.approx(0.4)
    # (6.75 - 2.75) / 13 = .307692; variance (9.5 / 13 - .094675) / 13 = .048930; 1.959964 * .221201 = .433547
    assert (found.low, found.high) == pytest.approx((-0.125855, 0.741239), abs=1e-5)


def test_alike_answers_still_have_an_interval_within_the_scale() -> None:
    found = recommended([10] * 5)

    assert found.score == 1
    # 5 / 8 = .625; variance (6.5 / 8 - .390625) / 8 = .052734; 1.959964 * .229640 = .450086
    assert found.low == pytest.approx(0.174915, abs=1e-5)
    assert found.high == 1


@pytest.mark.parametrize(("p", "d"), [(0.3, 0.3), (0.6, 0.1), (0.2, 0.5)])
@pytest.mark.parametrize("n", [10, 40])
def test_the_interval_of_95_percent_holds_the_truth_about_as_often(p: float, d: float, n: int) -> None:
    held = 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            low, high = net_bounds(a, b, n)
            if low <= p - d <= high:
                held += comb(n, a) * comb(n - a, b) * p**a * d**b * (1 - p - d) ** (n - a - b)

    assert 0.935 < held < 0.98


def test_two_scores_differ_by_as_much_as_both_are_unsure() -> None:
    low, high = net_difference((6, 2, 10), (2, 5, 10))

    # .307692 - (-.230769) = .538462; .048930 + (8.5 / 13 - .053254) / 13 = .048930 + .046199 = .095130
    # 1.959964 * .308431 = .604514
    assert (low, high) == pytest.approx((-0.066052, 1.142976), abs=1e-5)
    assert net_difference((60, 20, 100), (20, 50, 100))[0] > 0


@pytest.mark.parametrize(
    ("one", "other"), [((0.5, 0.2), (0.5, 0.2)), ((0.6, 0.1), (0.3, 0.3)), ((0.9, 0.02), (0.2, 0.5))]
)
@pytest.mark.parametrize(("n", "m"), [(30, 30), (30, 60)])
def test_the_interval_of_a_difference_holds_the_truth_about_as_often(
    one: tuple[float, float], other: tuple[float, float], n: int, m: int
) -> None:
    rng = np.random.default_rng(3)
    first = rng.multinomial(n, (*one, 1 - sum(one)), 4_000)
    second = rng.multinomial(m, (*other, 1 - sum(other)), 4_000)
    truth = (one[0] - one[1]) - (other[0] - other[1])

    held = sum(
        low <= truth <= high
        for a, b in zip(first.tolist(), second.tolist(), strict=True)
        for low, high in [net_difference((a[0], a[1], n), (b[0], b[1], m))]
    )

    assert 0.93 < held / 4_000 < 0.975


def test_the_mean_has_the_interval_of_student() -> None:
    low, high = student_bounds([1, 2, 3, 4, 5]) or (0, 0)

    half = 2.776445 * sqrt(2.5) / sqrt(5)
    assert (low, high) == pytest.approx((3 - half, 3 + half), abs=1e-5)
    assert student_bounds([4]) is None
    assert student_bounds([4, 4]) is None
