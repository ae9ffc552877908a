"""Groups around medoids, against every choice of medoids there is."""

from itertools import combinations

import numpy as np
import pytest

from zoco.stats.kinds.features import distances, features
from zoco.stats.kinds.medoids import TooFew, around, grouped, silhouette
from zoco.stats.kinds.tests.crowds import crowd, is_same


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_the_sum_is_the_least_of_all_choices(groups: int, seed: int) -> None:
    rows = np.random.default_rng(seed).standard_normal((16, 2))
    apart = distances(rows, rows)

    found = around(apart, groups, np.random.default_rng(seed))

    least = min(apart[:, list(each)].min(axis=1).sum() for each in combinations(range(16), groups))
    assert apart[:, found].min(axis=1).sum() == pytest.approx(least)


def test_no_exchange_makes_the_sum_smaller() -> None:
    rows, _kinds = crowd(1, spread=4.0)
    apart = distances(rows.standard, rows.standard)

    found = around(apart, 4, np.random.default_rng(2))

    sum_now = apart[:, found].min(axis=1).sum()
    for at in range(4):
        rest = apart[:, np.delete(found, at)].min(axis=1)
        assert np.minimum(rest[:, None], apart).sum(axis=0).min() >= sum_now - 1e-9


def test_known_kinds_are_found_the_largest_first_and_the_same_again() -> None:
    rows, kinds = crowd(3)

    found = grouped(rows, 3, seed=4)

    assert is_same(found.labels, kinds)
    assert np.bincount(found.labels).tolist() == [150, 100, 50]
    assert found.labels[found.medoids].tolist() == [0, 1, 2]
    assert found.cost == pytest.approx(
        np.linalg.norm(rows.standard - rows.standard[found.medoids][found.labels], axis=1).mean()
    )
    again = grouped(rows, 3, seed=4)
    assert (again.labels == found.labels).all()
    assert (again.medoids == found.medoids).all()


def test_many_rows_are_grouped_by_samples() -> None:
    random = np.random.default_rng(5)
    kinds = random.integers(0, 2, 6_000)
    rows = features({"x": kinds * 8 + random.standard_normal(6_000), "y": random.standard_normal(6_000)})

    found = grouped(rows, 2, seed=6)

    assert found.is_sampled
    assert np.mean((found.labels == found.labels[0]) == (kinds == kinds[0])) > 0.998


def test_silhouette_is_counted_by_hand_and_highest_for_the_true_number() -> None:
    # On a line at 0, 1 and 10, 12, in standard deviations: shares of distances are the same.
    line = features({"x": np.array([0, 1, 10, 12.0])})
    by_hand = np.mean([1 - 1 / 11, 1 - 1 / 10, 1 - 2 / 9.5, 1 - 2 / 11.5])
    assert silhouette(line, np.array([0, 0, 1, 1])) == pytest.approx(by_hand)
    assert silhouette(line, np.zeros(4, dtype=np.int64)) == pytest.approx(0.0, abs=0)
    assert silhouette(line, np.array([0, 0, 0, 1])) < by_hand

    rows, _kinds = crowd(7)
    heights = {groups: silhouette(rows, grouped(rows, groups, seed=8).labels) for groups in (2, 3, 4, 5)}
    assert max(heights, key=lambda groups: heights[groups]) == 3


def test_no_more_groups_than_different_customers() -> None:
    rows = features({"x": np.array([1.0, 1, 2, 2])})

    assert grouped(rows, 2, seed=1).cost == pytest.approx(0.0, abs=0)
    with pytest.raises(TooFew, match="fewer than 3"):
        grouped(rows, 3, seed=1)
