"""The comparison at the end: against scipy's own on rows, and never before."""

import numpy as np
import pytest
from scipy import stats

from zoco.stats.trials.comparing import Shape, apart, fieller, figured
from zoco.stats.trials.fixed import TrialRunning, ended
from zoco.stats.trials.metrics import mean, proportion, ratio
from zoco.stats.trials.moments import Estimate, Moments, NoSpread, TooFew


def ones(successes: int, n: int) -> list[int]:
    return [1] * successes + [0] * (n - successes)


def test_worked_example_of_means_is_welch() -> None:
    random = np.random.default_rng(1)
    control, treatment = random.exponential(20, 150), random.exponential(26, 90)

    figure = ended(mean(Moments.of(control)), mean(Moments.of(treatment)), planned=240)

    test = stats.ttest_ind(treatment, control, equal_var=False)
    assert figure.difference == pytest.approx(treatment.mean() - control.mean())
    assert figure.p == pytest.approx(test.pvalue, abs=1e-10)
    assert figure.interval == pytest.approx(tuple(test.confidence_interval(0.95)), abs=1e-8)
    assert (figure.n, figure.is_live, figure.confidence) == (240, False, 0.95)


def test_worked_example_of_proportions_is_welch_on_ones_and_zeros() -> None:
    figure = ended(proportion(100, 2_000), proportion(135, 2_050), planned=4_000, confidence=0.9)

    test = stats.ttest_ind(ones(135, 2_050), ones(100, 2_000), equal_var=False)
    assert figure.p == pytest.approx(test.pvalue, abs=1e-10)
    assert figure.p == pytest.approx(0.03070, abs=0.000005)
    assert figure.interval == pytest.approx(tuple(test.confidence_interval(0.9)), abs=1e-10)


def test_worked_example_of_ratios_is_welch_on_their_linear_form() -> None:
    random = np.random.default_rng(2)
    arms = []
    for share in (0.10, 0.16):
        views = random.poisson(4, 300) + 1.0
        arms.append((random.binomial(views.astype(int), share).astype(float), views))
    told = [y.sum() / x.sum() + (y - y.sum() / x.sum() * x) / x.mean() for y, x in arms]

    figure = ended(ratio(Moments.of(*arms[0])), ratio(Moments.of(*arms[1])), planned=600)

    assert figure.p == pytest.approx(stats.ttest_ind(told[1], told[0], equal_var=False).pvalue, abs=1e-10)


def test_there_is_no_figure_before_the_planned_end() -> None:
    with pytest.raises(TrialRunning, match="3999 of 4000"):
        ended(proportion(100, 2_000), proportion(500, 1_999), planned=4_000)


def test_few_units_few_events_and_no_spread_have_no_figure() -> None:
    with pytest.raises(TooFew):
        ended(proportion(10, 29), proportion(10, 40), planned=60)
    with pytest.raises(TooFew):
        ended(proportion(0, 1_000), proportion(9, 1_000), planned=2_000)
    with pytest.raises(NoSpread):
        ended(Estimate(100, 5.0, 0.0), Estimate(100, 6.0, 0.0), planned=200)


def test_of_arms_alike_one_in_twenty_is_called_different_also_where_it_is_rare_and_one_arm_is_small() -> None:
    random = np.random.default_rng(3)

    for share, sizes in ((0.05, (1_000, 1_000)), (0.004, (9_000, 1_000)), (0.01, (1_000, 9_000))):
        called = [
            ended(*(proportion(int(random.binomial(n, share)), n) for n in sizes), planned=10).p <= 0.05
            for _ in range(1_500)
        ]

        assert np.mean(called) <= 0.062


# The lift holds 0 exactly when the difference does, wherever the control lies and whatever the spread is.
def test_lift_leaves_out_no_change_exactly_when_the_difference_does() -> None:
    random = np.random.default_rng(4)
    shapes = set()
    for _ in range(3_000):
        control, treatment = (
            Estimate(100, float(random.normal(0, 2)), float(random.exponential(60))) for _ in range(2)
        )
        critical = float(random.uniform(1, 4))

        figure = figured(control, treatment, critical=critical, p=1.0, confidence=0.95, is_live=False)

        assert figure.lift is not None
        shapes.add(figure.lift.shape)
        assert figure.lift.holds(0.0) is not figure.is_sure()
        assert figure.lift.holds(figure.lift.value)
        assert figure.lift.is_bounded is (figure.lift.shape is Shape.BETWEEN)
    assert shapes == set(Shape)


def test_lift_is_where_the_test_of_a_ratio_just_rejects() -> None:
    control, treatment = Estimate(400, 10.0, 90.0), Estimate(500, 12.0, 110.0)

    lift = fieller(control, treatment, 1.96)

    assert lift is not None
    assert lift.value == pytest.approx(0.2)
    for bound in (lift.low, lift.high):
        gap = treatment.value - (1 + bound) * control.value
        error = (treatment.error**2 + (1 + bound) ** 2 * control.error**2) ** 0.5
        assert abs(gap) / error == pytest.approx(1.96)


def test_lift_covers_as_often_as_it_says_where_the_control_is_hardly_above_nothing() -> None:
    random = np.random.default_rng(5)
    kept = []
    for _ in range(4_000):
        control, treatment = (Estimate(100, float(random.normal(at, 0.4)), 16.0) for at in (1.0, 1.3))
        lift = fieller(control, treatment, 1.959964)
        assert lift is not None
        kept.append(lift.holds(0.3))

    assert np.mean(kept) == pytest.approx(0.95, abs=0.011)


def test_to_a_control_of_nothing_no_lift_is_relative() -> None:
    never, once = Estimate(100, 0.0, 0.0), Estimate(100, 0.4, 0.24)
    around = Estimate(100, 0.0, 4.0)

    assert fieller(never, once, 1.96) is None
    lift = fieller(around, once, 1.96)
    assert lift is not None
    assert (lift.shape, np.isnan(lift.value)) == (Shape.OUTSIDE, True)
    assert lift.holds(0.0) is (abs(apart(around, once)[0]) <= 1.96 * apart(around, once)[1])
