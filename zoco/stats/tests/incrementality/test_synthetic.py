"""Synthetic controls against their optimality conditions, known mixtures and every mixture of a grid."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.synthetic import placebo_in_time, placebos, simplex_fit, synthetic_control


@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_weight_can_be_moved_to_a_better_place(seed: int, rows: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    columns, target = rng.normal(50, 20, (rows, size)), rng.normal(50, 20, rows)

    weights = simplex_fit(columns, target)

    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    # Karush, Kuhn and Tucker: slopes are least, and alike, where there is weight.
    slopes = columns.T @ (columns @ weights - target)
    reach = 1e-7 * max(float(np.abs(columns).max()) ** 2 * rows, 1.0)
    assert (slopes[weights > 1e-9] <= slopes.min() + reach).all()


def test_the_mixture_is_the_best_of_a_grid() -> None:
    rng = np.random.default_rng(2)
    columns, target = rng.normal(size=(6, 3)), rng.normal(size=6)
    grid = [np.array([a, b, 100 - a - b]) / 100 for a, b in product(range(101), repeat=2) if a + b <= 100]

    best = min(float(((columns @ each - target) ** 2).sum()) for each in grid)

    found = float(((columns @ simplex_fit(columns, target) - target) ** 2).sum())
    assert found <= best
    assert found == pytest.approx(best, rel=0.01)


def mixed(effect: float, noise: float = 0.0, units: int = 12) -> Panel:
    rng = np.random.default_rng(3)
    donors = np.cumsum(rng.normal(size=(30, units)), axis=0) + rng.normal(20, 5, units)
    ours = donors @ np.array([0.5, 0.3, 0.2] + [0.0] * (units - 3)) + rng.normal(0, noise, 30)
    ours[20:] += effect
    return Panel(("ours", *(f"donor {each}" for each in range(units))), np.column_stack([ours, donors]))


def test_a_known_mixture_and_its_effect_are_found() -> None:
    found = synthetic_control(mixed(7.0), "ours", 20)

    assert [found.weights[f"donor {each}"] for each in range(4)] == pytest.approx(
        [0.5, 0.3, 0.2, 0], abs=1e-6
    )
    assert found.effect == pytest.approx(7, abs=1e-5)
    assert found.gaps[:20] == pytest.approx(0, abs=1e-5)
    assert found.after == pytest.approx(7, abs=1e-5)
    assert sum(found.importance) == pytest.approx(1)


def test_an_effect_stands_out_among_placebos_and_none_does_not() -> None:
    large = placebos(mixed(7.0, 0.3), "ours", 20)
    none = placebos(mixed(0.0, 0.3), "ours", 20)

    assert large.p == pytest.approx(1 / 13)
    assert none.p > 0.2
    assert [each.unit for each in large.others] == [f"donor {each}" for each in range(12)]
    assert all("ours" not in each.weights for each in large.others)


def test_before_the_treatment_there_was_no_effect() -> None:
    found = placebo_in_time(mixed(7.0, 0.3), "ours", 20, 12)

    assert len(found.gaps) == 20
    assert abs(found.effect) < 7 / 4


def test_importance_is_searched_for_until_the_time_before_is_nearest() -> None:
    drawn = mixed(7.0, 0.5)
    rng = np.random.default_rng(4)
    # Four predictors say something, and one is noise.
    predictors = np.vstack([drawn.outcomes[[1, 7, 13, 19]], rng.normal(size=(1, 13))])

    found = synthetic_control(drawn, "ours", 20, predictors=predictors)

    scaled = predictors / predictors.std(axis=1, ddof=1, keepdims=True)
    for _trial in range(500):
        importance = np.sqrt(rng.dirichlet(np.full(5, 0.3)))[:, None]
        weights = simplex_fit((importance * scaled)[:, 1:], (importance * scaled)[:, 0])
        gaps = drawn.outcomes[:20, 0] - drawn.outcomes[:20, 1:] @ weights
        assert found.before <= float(np.sqrt((gaps**2).mean())) * 1.001
    assert found.effect == pytest.approx(7, abs=1)


def test_what_has_no_donors_or_no_time_before_is_refused() -> None:
    drawn = mixed(1.0)

    with pytest.raises(BadPanel, match="donors"):
        synthetic_control(drawn, "ours", 0)
    with pytest.raises(BadPanel, match="donors"):
        synthetic_control(drawn, "ours", 20, left_out=frozenset(drawn.units))
    with pytest.raises(BadPanel, match="no unit"):
        synthetic_control(drawn, "nobody", 20)
    with pytest.raises(BadPanel, match="Predictors"):
        synthetic_control(drawn, "ours", 20, predictors=np.zeros((2, 3)))
