"""Placebos of groups, against mixtures that another optimiser finds."""

from itertools import combinations

import numpy as np
import pytest
import scipy.optimize

from zoco.stats.incrementality.groups import group_placebos
from zoco.stats.incrementality.panels import Panel

SINCE = 14


def panel(units: int, *, effect: float = 0.0, treated: int = 2, seed: int = 4) -> Panel:
    rng = np.random.default_rng(seed)
    common = 100 + 10 * np.sin(np.arange(20) / 3)[:, None]
    outcomes = common * rng.uniform(0.5, 2, units) + rng.normal(0, 4, (20, units))
    outcomes[SINCE:, :treated] *= 1 + effect
    return Panel(tuple(f"u{n:03}" for n in range(units)), outcomes)


def ratio(outcomes: np.ndarray, group: tuple[int, ...], donors: list[int]) -> float:
    """Return how far a group is from its mixture after by how far before, in multiples of means before."""
    ours = outcomes[:, list(group)].sum(axis=1)
    ours = ours / ours[:SINCE].mean()
    others = outcomes[:, donors] / outcomes[:SINCE, donors].mean(axis=0)
    best = scipy.optimize.minimize(  # type: ignore[call-overload]
        lambda w: 1e3 * ((ours[:SINCE] - others[:SINCE] @ w) ** 2).sum(),
        np.full(len(donors), 1 / len(donors)),
        method="SLSQP",
        bounds=[(0, 1)] * len(donors),
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-12, "maxiter": 500},
    ).x
    gaps = ours - others @ best
    return float((gaps[SINCE:] ** 2).mean() ** 0.5 / (gaps[:SINCE] ** 2).mean() ** 0.5)


@pytest.mark.parametrize("effect", [0.0, 0.05, 0.3])
def test_the_share_of_groups_that_are_as_far_off_is_that_of_another_optimiser(effect: float) -> None:
    given = panel(7, effect=effect)

    found = group_placebos(given, frozenset({"u000", "u001"}), SINCE)

    mine = ratio(given.outcomes, (0, 1), [2, 3, 4, 5, 6])
    others = [
        ratio(given.outcomes, group, [each for each in range(2, 7) if each not in group])
        for group in combinations(range(2, 7), 2)
    ]
    assert len(others) == 10
    assert found is not None
    assert found[0] == pytest.approx((1 + sum(each >= mine for each in others)) / 11)
    assert found[1] == 11


@pytest.mark.parametrize(("units", "groups"), [(5, None), (6, 7)])
def test_as_many_units_as_are_compared_with_must_be_left(units: int, groups: int | None) -> None:
    found = group_placebos(panel(units), frozenset({"u000", "u001"}), SINCE)

    assert (found and found[1]) == groups


def test_a_hundred_groups_are_all_taken_and_of_more_a_hundred() -> None:
    all_of_them = group_placebos(panel(101, treated=1), frozenset({"u000"}), SINCE)
    some = group_placebos(panel(14), frozenset({"u000", "u001", "u002"}), SINCE)
    again = group_placebos(panel(14), frozenset({"u000", "u001", "u002"}), SINCE)

    assert all_of_them is not None
    assert all_of_them[1] == 101
    assert some == again
    assert some is not None
    assert some[1] == 101


def test_groups_from_which_nothing_came_before_are_none() -> None:
    given = panel(6, treated=1)
    given.outcomes[:SINCE, 3] = 0

    found = group_placebos(given, frozenset({"u000"}), SINCE)

    assert found is not None
    assert found[1] == 1 + 4
