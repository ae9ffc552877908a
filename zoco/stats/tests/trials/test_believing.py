"""The Bayesian view: against closed forms, quadrature of densities, and draws."""

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from zoco.stats.trials.believing import (
    Beta,
    Normal,
    believed,
    best_probability,
    credible_lift,
    expected_loss,
)
from zoco.stats.trials.metrics import mean
from zoco.stats.trials.moments import Estimate, Moments, NoSpread


def test_probability_of_two_proportions_is_the_closed_sum() -> None:
    one, other = Beta().after(100, 2_000), Beta().after(121, 2_000)

    # E. Miller, Formulas for Bayesian A/B testing: P(B > A) as a sum over whole numbers.
    total = sum(
        math.exp(
            special.betaln(one.a + i, other.b + one.b)
            - math.log(other.b + i)
            - special.betaln(1 + i, other.b)
            - special.betaln(one.a, one.b)
        )
        for i in range(int(other.a))
    )
    assert (other.a, other.b) == (122, 1_880)
    assert best_probability({"a": one, "b": other}, "b") == pytest.approx(total, abs=1e-9)


def test_two_normals_have_closed_forms() -> None:
    arms = {"a": Normal(1.0, 0.1), "b": Normal(1.1, 0.12)}
    spread = math.hypot(0.1, 0.12)
    z = 0.1 / spread

    assert best_probability(arms, "b") == pytest.approx(stats.norm.cdf(z), abs=1e-10)
    loss = spread * stats.norm.pdf(z) - 0.1 * stats.norm.sf(z)
    assert expected_loss(arms, "b") == pytest.approx(loss, abs=1e-10)
    assert expected_loss(arms, "a") == pytest.approx(loss + 0.1, abs=1e-10)


def test_an_arm_that_is_hardly_known_stands_beside_one_that_is_known_well() -> None:
    normals = {"a": Normal(1.5, 1e-4), "b": Normal(1.0, 2.0)}
    shares = {"a": Beta(100_001, 900_001), "b": Beta(1, 3)}
    lift = credible_lift(shares["a"], shares["b"])

    assert best_probability(normals, "a") == pytest.approx(stats.norm.cdf(0.25), abs=1e-8)
    # P(b > x) = (1 - x)³, averaged over what a may be.
    moment = math.exp(special.betaln(100_001, 900_004) - special.betaln(100_001, 900_001))
    assert best_probability(shares, "b") == pytest.approx(moment, abs=1e-8)
    assert lift is not None
    assert lift[1] == pytest.approx((1 - 0.025 ** (1 / 3)) / 0.1 - 1, rel=1e-4)


def test_loss_of_proportions_is_the_double_integral() -> None:
    one, other = stats.beta(21, 81), stats.beta(31, 71)

    def over(y: float, x: float) -> float:
        return float((x - y) * one.pdf(x) * other.pdf(y))

    truth = integrate.dblquad(over, 0, 1, 0, lambda x: x, epsabs=1e-10)[0]
    assert expected_loss({"a": Beta(21, 81), "b": Beta(31, 71)}, "b") == pytest.approx(truth, abs=1e-8)


def test_of_many_arms_draws_agree_within_their_error() -> None:
    arms = {"a": Beta(20, 180), "b": Beta(26, 178), "c": Beta(3, 20), "d": Beta(0.5, 0.5).after(30, 300)}
    random, draws = np.random.default_rng(1), 400_000
    drawn = np.stack([random.beta(each.a, each.b, draws) for each in arms.values()])
    best = drawn.max(axis=0)

    view = believed(arms, "a")

    assert sum(each.best for each in view.values()) == pytest.approx(1.0, abs=1e-8)
    for row, each in zip(drawn, view.values(), strict=True):
        lost = best - row
        assert each.best == pytest.approx(float((row == best).mean()), abs=4 * (0.25 / draws) ** 0.5)
        assert each.loss == pytest.approx(float(lost.mean()), abs=4 * float(lost.std()) / draws**0.5)
        if each.lift is not None:
            low, high = each.lift
            lift = row / drawn[0] - 1
            assert np.mean(lift < low) == pytest.approx(0.025, abs=0.001)
            assert np.mean(lift > high) == pytest.approx(0.025, abs=0.001)


def test_where_lower_is_better_the_lowest_is_the_best() -> None:
    arms = {"a": Normal(1.0, 0.1), "b": Normal(1.1, 0.12)}
    mirrored = {"a": Normal(-1.0, 0.1), "b": Normal(-1.1, 0.12)}

    for key in arms:
        low, high = believed(arms, "a", is_higher_better=False)[key], believed(mirrored, "a")[key]
        assert (low.best, low.loss) == pytest.approx((high.best, high.loss))


def test_a_prior_is_weighed_by_what_is_known() -> None:
    seen = mean(Moments.of([4.0, 6.0, 8.0, 10.0]))

    flat, firm = Normal().after(seen), Normal(1.0, 1.0).after(seen)

    assert (flat.mean, flat.deviation) == pytest.approx((7.0, seen.error))
    weight = 1 / seen.error**2
    assert firm.mean == pytest.approx((7 * weight + 1) / (weight + 1))
    assert firm.deviation == pytest.approx((weight + 1) ** -0.5)
    assert Beta(2, 8).after(3, 10) == Beta(5, 15)


def test_lift_of_normals_is_where_fieller_has_it_for_a_sure_control() -> None:
    # For a control far above 0: Geary and Hinkley, P(T / C <= r) = Phi((r C - T) / sqrt(V_T + r² V_C)).
    found = credible_lift(Normal(10.0, 0.3), Normal(11.0, 0.4), 0.9)

    assert found is not None
    for bound, share in zip(found, (0.05, 0.95), strict=True):
        gap = (1 + bound) * 10 - 11
        assert stats.norm.cdf(gap / math.hypot(0.4, (1 + bound) * 0.3)) == pytest.approx(share, abs=1e-8)


def test_to_a_control_that_may_be_nothing_there_is_no_lift() -> None:
    assert credible_lift(Normal(1.0, 0.5), Normal(2.0, 0.5)) is None
    assert credible_lift(Beta(1, 200), Beta(3, 200)) is not None
    assert believed({"a": Beta(2, 9), "b": Beta(3, 9)}, "a")["a"].lift is None


def test_units_that_are_all_alike_are_refused() -> None:
    with pytest.raises(NoSpread):
        Normal().after(Estimate(10, 3.0, 0.0))
