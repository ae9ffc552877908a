"""The Bayesian view against closed forms, and on a trial's page."""

from fractions import Fraction
from math import comb, sqrt

import pytest
from scipy import stats

from zoco.stats.trials.metrics import proportion
from zoco.stats.trials.moments import Estimate
from zoco.trials.analysis.beliefs import view
from zoco.trials.designs import Metric
from zoco.trials.screens.beliefs import chance

SHARE, MEAN = Metric("Signed up", "proportion"), Metric("Orders", "mean")


def better(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return P(b > a) of two Betas of whole parameters, as a sum of fractions.

    E. Miller, Formulas for Bayesian A/B testing (2015): sum over i < b1 of
    B(a1 + i, a2 + b2) / ((b2 + i) B(1 + i, b2) B(a1, a2)).
    """

    def whole(x: int, y: int) -> Fraction:  # the Beta function of whole numbers
        return Fraction(1, y * comb(x + y - 1, y))

    (a1, a2), (b1, b2) = a, b
    return float(
        sum(whole(a1 + i, a2 + b2) / ((b2 + i) * whole(1 + i, b2) * whole(a1, a2)) for i in range(b1))
    )


def test_chance_of_shares_is_the_closed_sum_and_its_interval_the_beta_s() -> None:
    plain = {"a": proportion(12, 100), "b": proportion(19, 110)}

    found = view(SHARE, plain, ("a", "b"))

    assert found["prior"] == "beta"
    assert found["arms"]["b"]["best"] == pytest.approx(better((13, 89), (20, 92)), abs=1e-9)
    assert found["arms"]["a"]["best"] == pytest.approx(1 - better((13, 89), (20, 92)), abs=1e-9)
    assert found["arms"]["b"]["mean"] == pytest.approx(20 / 112)
    assert found["arms"]["b"]["within"] == pytest.approx(stats.beta(20, 92).interval(0.95))
    assert found["arms"]["a"]["lift_within"] is None


def test_means_are_normal_with_their_errors() -> None:
    plain = {"a": Estimate(400, 2.0, 4.0, 300), "b": Estimate(400, 2.1, 4.0, 300)}

    found = view(MEAN, plain, ("a", "b"))

    error = sqrt(2 * 4.0 / 400)
    z = 0.1 / error
    assert found["prior"] == "nothing"
    assert found["arms"]["b"]["best"] == pytest.approx(stats.norm.cdf(z), abs=1e-8)
    loss = error * (stats.norm.pdf(z) - z * stats.norm.sf(z))
    assert found["arms"]["b"]["loss"] == pytest.approx(loss, abs=1e-8)


def test_less_is_better_where_it_is() -> None:
    plain = {"a": proportion(12, 100), "b": proportion(19, 110)}
    lower = Metric("Left", "proportion", is_higher_better=False)

    found = view(lower, plain, ("a", "b"))

    assert found["arms"]["a"]["best"] == pytest.approx(better((13, 89), (20, 92)), abs=1e-9)


def test_what_cannot_be_believed_says_why() -> None:
    few = {"a": Estimate(50, 2.0, 4.0, 30), "b": Estimate(400, 2.1, 4.0, 300)}
    alike = {"a": Estimate(400, 2.0, 0.0, 400), "b": Estimate(400, 2.0, 0.0, 400)}

    assert view(MEAN, few, ("a", "b")) == {"why": "too_few"}
    assert view(MEAN, {"a": few["b"]}, ("a", "b")) == {"why": "too_few"}
    assert view(MEAN, alike, ("a", "b")) == {"why": "no_spread"}
    assert view(Metric("Basket", "quantile"), few, ("a", "b")) == {"why": "no_belief"}


def test_no_chance_is_written_as_sure() -> None:
    assert [chance(each) for each in (0.0, 0.0001, 0.5, 0.99991, 1.0)] == [
        "< 0.1%", "< 0.1%", "50.0%", "> 99.9%", "> 99.9%",
    ]  # fmt: skip
