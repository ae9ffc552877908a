"""Tracking and the holdout, counted by hand."""

import numpy as np
import pytest

from zoco.stats.value.geometric import BgNbd
from zoco.stats.value.histories import buyers_of, histories
from zoco.stats.value.holdout import NoPurchases, Tracking, bought_after, held_out, tracked

MODEL = BgNbd(0.8, 5.0, 0.7, 2.2)


def test_expected_sales_are_those_of_everybody_since_the_first_purchase() -> None:
    first, repeats = np.array([0.5, 0.5, 2.25]), np.array([1.0, 1.5, 3.9, 9.0])

    found = tracked(MODEL, first, repeats, 4)

    def sales(at: float) -> float:
        return float(MODEL.fresh(np.maximum(at - first, 0)).sum())

    assert found.actual.tolist() == [1.0, 2.0, 2.0, 3.0]
    assert found.expected == pytest.approx([sales(1), sales(2), sales(3), sales(4)])
    assert found.expected[0] == pytest.approx(2 * MODEL.fresh(np.array([0.5]))[0])


def test_the_error_is_in_percent_of_what_was_bought_in_that_time() -> None:
    found = Tracking(np.array([2, 4, 8, 12.0]), np.array([2, 5, 8, 11.0]))

    assert found.error(2, 4) == pytest.approx(-25.0)  # 6 instead of 8
    assert found.error(0, 2) == pytest.approx(25.0)
    assert found.error(1, 3) == pytest.approx(0.0)  # 6, as it was
    with pytest.raises(NoPurchases):
        Tracking(np.array([2, 2.0]), np.array([1, 2.0])).error(1, 2)


def test_groups_are_means_of_those_who_bought_alike() -> None:
    rows = histories(
        np.array([0, 2, 0, 9, 12.0]), np.array([0, 8, 0, 9, 9.5]), np.array([9, 9, 10, 10, 10.0])
    )

    found = held_out(MODEL, rows, np.array([1, 3, 0, 5, 6.0]), 10)

    expected = MODEL.expected(rows, 10)
    assert found.purchases.tolist() == [0, 2, 7]
    assert found.customers.tolist() == [2, 1, 2]
    assert found.actual.tolist() == [0.5, 3.0, 5.5]
    assert found.expected == pytest.approx([expected[[0, 2]].mean(), expected[1], expected[3:].mean()])
    assert found.error == pytest.approx(100 * (expected.sum() / 15 - 1))


def test_what_was_bought_after_leaves_out_whoever_came_later() -> None:
    customers, at = np.array([4, 2, 4, 4, 3, 3]), np.array([1.0, 2.0, 3.0, 7.0, 6.0, 8.0])

    before, whole = buyers_of(customers, at, None, 5), buyers_of(customers, at, None, 9)

    assert bought_after(before, whole).tolist() == [0.0, 1.0]  # of customers 2 and 4


def test_a_holdout_in_which_nobody_bought_has_no_error() -> None:
    rows = histories(np.zeros(3), np.zeros(3), np.full(3, 9.0))

    with pytest.raises(NoPurchases, match="no error in percent"):
        held_out(MODEL, rows, np.zeros(3), 10)
