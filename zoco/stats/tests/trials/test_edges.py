"""Edges of formulas: a control that just cannot be told from 0, an arm of few events, far panels."""

import math

import numpy as np
import pytest

from zoco.stats.trials.believing import _panels
from zoco.stats.trials.comparing import Shape, fieller, steadied
from zoco.stats.trials.guards import _splits
from zoco.stats.trials.moments import Estimate


@pytest.mark.parametrize(("treatment", "low", "high"), [(3.0, -2 / 3, math.inf), (-3.0, -math.inf, -4 / 3)])
def test_a_control_just_as_far_from_0_as_its_bounds_leaves_one_end_open(
    treatment: float, low: float, high: float
) -> None:
    # (T - r C)² <= c² (V_T + r² V_C) with C = 4, c² V_C = 16, c² V_T = 1 and T = ±3: 9 -+ 24 r <= 1.
    lift = fieller(Estimate(4, 4.0, 16.0), Estimate(4, treatment, 1.0), 2.0)

    assert lift is not None
    assert lift.shape is Shape.BETWEEN
    assert (lift.low, lift.high) == pytest.approx((low, high))
    assert lift.value == pytest.approx(treatment / 4 - 1)


def test_an_arm_of_few_events_has_the_variance_of_units_of_both() -> None:
    few, many = Estimate(100, 0.02, 0.09, events=2), Estimate(300, 0.2, 0.2, events=60)

    first, second = steadied(few, many, 10)

    # (100 × 0.09 + 300 × 0.2) / 400
    assert first.variance == pytest.approx(0.1725)
    assert second == many
    assert steadied(few, many, 2) == (few, many)
    assert steadied(many, Estimate(100, 0.02, 0.9, events=2), 10)[1].variance == 0.9


def test_nodes_and_weights_give_the_integrals_of_near_and_far_panels() -> None:
    at, weights = _panels(np.array([0.0, 3.0, 300.0]))

    # ∫x² over the near panel is 9; ∫1/x over the far one ln 100, ∫x 44,995.5.
    near = at < 3
    assert float(weights[near] @ at[near] ** 2) == pytest.approx(9.0)
    assert float(weights[~near] @ (1 / at[~near])) == pytest.approx(math.log(100))
    assert float(weights[~near] @ at[~near]) == pytest.approx(44_995.5)


def test_units_are_split_to_arms_in_as_many_ways_as_can_be_listed() -> None:
    assert _splits(2, 3) == len([(a, b) for a in range(3) for b in range(3 - a)]) == 6
    assert _splits(5, 2) == 6
    assert _splits(4, 1) == 1
