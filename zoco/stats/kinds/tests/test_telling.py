"""Which groups may be trusted, and by what they are told apart."""

import numpy as np
import pytest

from zoco.stats.kinds.features import Features, features
from zoco.stats.kinds.medoids import grouped
from zoco.stats.kinds.telling import DOUBTFUL, STABLE, marks, stability
from zoco.stats.kinds.tests.crowds import crowd


def three(rows: Features, seed: int) -> np.ndarray:
    return grouped(rows, 3, seed=seed).labels


def five(rows: Features, seed: int) -> np.ndarray:
    return grouped(rows, 5, seed=seed).labels


def test_groups_that_are_there_are_found_again_and_invented_ones_are_not() -> None:
    real, _kinds = crowd(1)
    random = np.random.default_rng(2)
    cloud = features({"x": random.standard_normal(300), "y": random.standard_normal(300)})

    sure = stability(real, three(real, 3), three, seed=4, draws=15)
    doubtful = stability(cloud, five(cloud, 3), five, seed=4, draws=15)

    assert (sure > STABLE).all()
    assert doubtful.min() < STABLE
    assert doubtful.mean() < sure.mean() - 0.2
    assert DOUBTFUL < STABLE


def test_likeness_is_counted_by_hand() -> None:
    rows = features({"x": np.arange(6.0)})
    labels = np.array([0, 0, 0, 0, 1, 1])

    def halves(some: Features, _seed: int) -> np.ndarray:
        return (some.values[:, 0] >= 3).astype(np.int64)

    found = stability(rows, labels, halves, seed=5, draws=400)

    # By hand, over the same draws: rows 0 to 3 against 0 to 2 (or 3 to 5), rows 4 and 5 against 3 to 5.
    random = np.random.default_rng(5)
    first: list[float] = []
    second: list[float] = []
    for _ in range(400):
        drawn = set(random.integers(6, size=6).tolist())
        low, high = drawn & {0, 1, 2}, drawn & {3, 4, 5}
        for group, likes in (({0, 1, 2, 3} & drawn, first), ({4, 5} & drawn, second)):
            if group:
                likes.append(max(len(group & each) / len(group | each) for each in (low, high)))
    assert found == pytest.approx([np.mean(first), np.mean(second)])
    assert found[0] > found[1]


def test_stability_is_the_same_again() -> None:
    rows, _kinds = crowd(6, spread=3.0)
    labels = three(rows, 7)

    assert (
        stability(rows, labels, three, seed=8, draws=3).tolist()
        == stability(rows, labels, three, seed=8, draws=3).tolist()
    )


def test_marks_are_differences_in_standard_deviations_the_largest_first() -> None:
    rows = features({"orders": np.array([1, 3, 9, 11.0]), "money": np.array([10, 20, 10, 30.0])})

    found = marks(rows, np.array([0, 0, 1, 1]))

    spread = np.std([1, 3, 9, 11])
    assert [mark.feature for mark in found[1]] == ["orders", "money"]
    assert found[1][0].difference == pytest.approx(8 / spread)
    assert (found[1][0].inside, found[1][0].outside) == (10.0, 2.0)
    assert found[0][0].difference == pytest.approx(-8 / spread)
    assert found[0][1].difference == pytest.approx(-5 / np.std([10, 20, 10, 30]))


def test_known_kinds_are_told_by_what_made_them() -> None:
    rows, kinds = crowd(9)

    found = marks(rows, kinds)

    assert found[1][0].feature == "orders"
    assert found[2][0].feature == "money"
    assert all(
        mark.difference == pytest.approx(0, abs=0.3)
        for each in found
        for mark in each
        if mark.feature == "noise"
    )


def test_of_one_group_nothing_is_different() -> None:
    rows, _kinds = crowd(10)

    assert all(
        mark.difference == pytest.approx(0, abs=1e-9)
        for mark in marks(rows, np.zeros(300, dtype=np.int64))[0]
    )
