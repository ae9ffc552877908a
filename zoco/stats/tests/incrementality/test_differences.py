"""Differences in differences against figures worked out by hand and regressions with all their columns."""

import numpy as np
import pytest
from scipy import stats

from zoco.stats.incrementality.differences import two_by_two, two_way
from zoco.stats.incrementality.panels import BadPanel, Panel


def panel(seed: int, periods: int = 8, units: int = 12) -> Panel:
    rng = np.random.default_rng(seed)
    walks = np.cumsum(rng.normal(size=(periods, units)), axis=0)
    return Panel(tuple(f"unit {each}" for each in range(units)), walks + rng.normal(0, 3, units))


def by_columns(panel: Panel, is_on: np.ndarray, clusters: np.ndarray) -> tuple[float, float]:
    """Return coefficient and error of a regression that has a column for each unit and period."""
    periods, units = panel.outcomes.shape
    row, column = np.divmod(np.arange(periods * units), units)
    units_there = [column == each for each in range(units)]
    periods_there = [row == each for each in range(1, periods)]
    design = np.column_stack([is_on.ravel(), *units_there, *periods_there]).astype(float)
    outcomes = panel.outcomes.ravel()
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ outcomes
    scores = design * (outcomes - design @ coefficients)[:, None]
    summed = np.array([scores[clusters[column] == each].sum(axis=0) for each in np.unique(clusters)])
    size = len(summed)
    # One constant and the periods but one beside the treatment; units lie within clusters.
    corrected = size / (size - 1) * (len(outcomes) - 1) / (len(outcomes) - periods - 1)
    return float(coefficients[0]), float(np.sqrt(corrected * (bread @ summed.T @ summed @ bread)[0, 0]))


def test_two_by_two_is_a_difference_of_differences() -> None:
    found = two_by_two(Panel(("a", "b", "c"), np.array([[10.0, 4, 6], [17, 5, 7]])), frozenset({"a"}), 1)

    assert found.estimate == 6
    assert (found.error, found.low, found.high, found.p) == (None, None, None, None)


def test_two_by_two_is_the_test_of_changes_with_unequal_variances() -> None:
    drawn = panel(1)
    treated = frozenset(drawn.units[:5])

    found = two_by_two(drawn, treated, 3, confidence=0.9)

    changes = drawn.outcomes[3:].mean(axis=0) - drawn.outcomes[:3].mean(axis=0)
    reference = stats.ttest_ind(changes[:5], changes[5:], equal_var=False)
    interval = reference.confidence_interval(0.9)
    assert found.estimate == pytest.approx(changes[:5].mean() - changes[5:].mean())
    assert found.p == pytest.approx(reference.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize("seed", range(4))
def test_two_way_is_the_regression_with_a_column_for_each_unit_and_period(seed: int) -> None:
    rng = np.random.default_rng([seed, 1])
    drawn = panel(seed)
    begins = rng.integers(2, 12, 12)
    begins[:3] = [3, 5, 99]
    is_on = np.arange(8)[:, None] >= begins
    for clusters in (np.arange(12), np.arange(12) // 2):
        found = two_way(drawn, is_on, clusters)

        estimate, error = by_columns(drawn, is_on, clusters)
        assert found.estimate == pytest.approx(estimate, abs=1e-10)
        assert found.error == pytest.approx(error, rel=1e-9)
        reach = stats.t.ppf(0.975, len(np.unique(clusters)) - 1) * error
        assert (found.low, found.high) == pytest.approx((estimate - reach, estimate + reach))


def test_two_way_is_two_by_two_where_all_are_treated_at_once() -> None:
    drawn = panel(3)
    is_on = np.zeros(drawn.outcomes.shape, dtype=bool)
    is_on[5:, :4] = True

    assert two_way(drawn, is_on).estimate == pytest.approx(
        two_by_two(drawn, frozenset(drawn.units[:4]), 5).estimate
    )


def test_intervals_cover_no_effect_as_often_as_they_say() -> None:
    covered = []
    for seed in range(400):
        drawn = panel(seed, units=30)
        is_on = np.zeros(drawn.outcomes.shape, dtype=bool)
        is_on[4:, :15] = True
        found = two_way(drawn, is_on, confidence=0.9)
        assert found.low is not None
        assert found.high is not None
        covered.append(found.low <= 0 <= found.high)

    # Walks are alike within a unit: errors that took cells for independent would cover far less.
    assert 0.85 <= np.mean(covered) <= 0.95


def test_of_one_treated_cluster_there_is_no_error() -> None:
    drawn = panel(4)
    is_on = np.zeros(drawn.outcomes.shape, dtype=bool)
    is_on[4:, 0] = True

    assert two_way(drawn, is_on).error is None
    assert two_way(drawn, ~is_on).error is None
    assert two_way(drawn, is_on | (np.arange(8)[:, None] > 5) & (np.arange(12) == 1)).error is not None


def test_what_gives_no_effect_is_refused() -> None:
    drawn = panel(5)

    with pytest.raises(BadPanel, match="no unit"):
        two_by_two(drawn, frozenset({"nowhere"}), 3)
    with pytest.raises(BadPanel, match="some were not"):
        two_by_two(drawn, frozenset(drawn.units), 3)
    with pytest.raises(BadPanel, match="periods before"):
        two_by_two(drawn, frozenset(drawn.units[:1]), 0)
    with pytest.raises(BadPanel, match="told from"):
        two_way(drawn, np.tile(np.arange(8)[:, None] > 3, 12))
    with pytest.raises(BadPanel, match="each cell"):
        two_way(drawn, np.ones((2, 2), dtype=bool))
    with pytest.raises(BadPanel, match="one number"):
        Panel(("a",), np.array([[1.0], [np.nan]]))
    with pytest.raises(BadPanel, match="column a unit"):
        Panel(("a",), np.zeros((2, 2)))
