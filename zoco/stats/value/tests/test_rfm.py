"""Scores, counted by hand."""

import numpy as np
import pytest

from zoco.stats.value.rfm import bound_scores, quantile_scores, rfm


def test_ten_different_values_are_two_of_each_score() -> None:
    values = np.array([30, 10, 50, 20, 40, 60, 90, 70, 100, 80.0])

    assert quantile_scores(values).tolist() == [2, 1, 3, 1, 2, 3, 5, 4, 5, 4]
    assert quantile_scores(values, is_more_better=False).tolist() == [4, 5, 3, 5, 4, 3, 1, 2, 1, 2]


def test_equal_values_have_the_score_of_the_middle_of_their_ranks() -> None:
    # Seven of ten bought once: the middle of their ranks is 35%, a score of 2; nobody has 1 or 3.
    assert quantile_scores(np.array([1] * 7 + [2, 3, 4.0])).tolist() == [2] * 7 + [4, 5, 5]
    assert quantile_scores(np.full(4, 9.0)).tolist() == [3, 3, 3, 3]


def test_scores_turned_round_are_scores_the_other_way() -> None:
    values = np.random.default_rng(1).integers(0, 30, 501).astype(float)

    up, down = quantile_scores(values), quantile_scores(values, is_more_better=False)

    # But for a middle rank right on a bound, which has the better score both ways.
    assert set((up + down).tolist()) <= {6, 7}
    assert (up + down == 6).mean() > 0.9


def test_scores_are_any_number_and_of_nobody_there_are_none() -> None:
    assert quantile_scores(np.arange(4.0), parts=2).tolist() == [1, 1, 2, 2]
    assert quantile_scores(np.array([])).tolist() == []


def test_who_stands_on_a_bound_has_the_better_score() -> None:
    values = np.array([5, 10, 15, 20, 25.0])

    assert bound_scores(values, (10, 20)).tolist() == [1, 2, 2, 3, 3]
    assert bound_scores(values, (10, 20), is_more_better=False).tolist() == [3, 3, 2, 2, 1]


def test_bounds_ascend_and_values_are_numbers() -> None:
    with pytest.raises(ValueError, match="ascend"):
        bound_scores(np.array([1.0]), (3, 3))
    with pytest.raises(ValueError, match="numbers only"):
        quantile_scores(np.array([1.0, np.nan]))


def test_three_scores_are_one_cell() -> None:
    found = rfm(np.array([1, 300, 30.0]), np.array([9, 1, 2.0]), np.array([10, 20, 900.0]), parts=3)

    assert found.cells.tolist() == [331, 112, 223]
