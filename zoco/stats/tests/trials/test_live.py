"""Figures at any look: against quadrature, and no oftener false than said, however often one looks."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from zoco.stats.tests.trials.looking import Arm, arm, z_adjusted, z_means, z_ratios
from zoco.stats.trials.adjusting import cuped
from zoco.stats.trials.fixed import ended
from zoco.stats.trials.live import critical, looked, mixed, p_values
from zoco.stats.trials.metrics import mean, proportion, ratio
from zoco.stats.trials.moments import Estimate, Floats, Moments, TooFew

LOOKS = 100
TRIALS, UNITS = 800, 5_000


def test_worked_example_is_the_likelihood_ratio_of_a_mixture_by_quadrature() -> None:
    control, treatment, planned = proportion(200, 4_000), proportion(260, 4_100), 20_000

    figure = looked(control, treatment, planned=planned)

    # The mixture's rho is where the interval is tightest at the planned end; sought here, not solved.
    def width(x: float) -> float:
        return (x + 1) / x * float(np.log((x + 1) / 0.05**2))

    rho2 = optimize.minimize_scalar(width, bounds=(0.1, 100), method="bounded", options={"xatol": 1e-9}).x
    n, gap = 8_100, 260 / 4_100 - 200 / 4_000
    unit = n * (0.05 * 0.95 / 3_999 + 260 / 4_100 * (1 - 260 / 4_100) / 4_099)
    tau = (rho2 / planned * unit) ** 0.5

    def told(effect: float, seen: float) -> float:
        likelihood = np.exp(n * effect * seen / unit - n * effect**2 / (2 * unit))
        return float(likelihood * stats.norm.pdf(effect, scale=tau))

    ratio_of = integrate.quad(told, -8 * tau, 8 * tau, args=(gap,), epsabs=0, epsrel=1e-11, limit=200)[0]
    assert figure.p == pytest.approx(1 / ratio_of, abs=1e-6)
    # And the interval ends where a true effect would just be rejected.
    for bound in figure.interval:
        there = integrate.quad(told, -8 * tau, 8 * tau, args=(gap - bound,), epsabs=0, epsrel=1e-11)[0]
        assert 1 / there == pytest.approx(0.05, abs=1e-6)


def test_interval_is_tightest_where_it_was_planned_to_be() -> None:
    reach = critical(np.array([5_000]), 5_000)[0]

    assert mixed(5_000, 5_000) == pytest.approx(8.211968, abs=1e-6)
    assert reach < critical(np.array([5_000]), 4_500)[0]
    assert reach < critical(np.array([5_000]), 5_500)[0]
    assert reach == pytest.approx(3.03512, abs=1e-5)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_p_is_at_most_alpha_exactly_where_the_interval_leaves_out_nothing(confidence: float) -> None:
    random = np.random.default_rng(1)
    for _ in range(300):
        control, treatment = (Estimate(500, float(random.normal(0, 0.15)), 1.0) for _ in range(2))

        figure = looked(control, treatment, planned=3_000, confidence=confidence)

        assert figure.is_sure() is (figure.p <= 1 - confidence)
        assert figure.lift is not None
        assert figure.lift.holds(0.0) is not figure.is_sure()


def test_a_metric_has_one_p_value_whatever_the_confidence() -> None:
    control, treatment = proportion(200, 4_000), proportion(260, 4_100)

    found = {looked(control, treatment, planned=9_000, confidence=each).p for each in (0.8, 0.95, 0.99)}

    assert len(found) == 1


def exponentials(random: np.random.Generator) -> Floats:
    return random.exponential(1.0, (TRIALS, UNITS, 1))


def shares(random: np.random.Generator) -> Floats:
    found: Floats = (random.random((TRIALS, UNITS, 1)) < 0.05).astype(float)
    return found


def orders(random: np.random.Generator) -> Floats:
    count = random.integers(1, 6, (TRIALS, UNITS)).astype(float)
    return np.stack([count * random.exponential(1.0, count.shape), count], axis=2)


def behaviours(random: np.random.Generator) -> Floats:
    before = random.exponential(1.0, (TRIALS, UNITS))
    return np.stack([before + random.exponential(1.0, before.shape), before], axis=2)


Z = Callable[[Arm, Arm], Floats]


def of_figure(kind: str, arms: list[Moments], planned: int) -> float:
    """Return the p-value that the product's own figures have."""
    if kind == "adjusted":
        first, second = cuped({"a": arms[0], "b": arms[1]}).arms.values()
    elif kind == "ratio":
        first, second = (ratio(each) for each in arms)
    elif kind == "proportion":
        first, second = (proportion(round(each.means[0] * each.n), each.n) for each in arms)
    else:
        first, second = (mean(each) for each in arms)
    return looked(first, second, planned=planned).p


@pytest.mark.parametrize(
    ("kind", "drawn", "z_of"),
    [
        ("mean", exponentials, z_means),
        ("proportion", shares, z_means),
        ("ratio", orders, z_ratios),
        ("adjusted", behaviours, z_adjusted),
    ],
)
def test_arms_alike_looked_at_a_hundred_times_give_five_false_alarms_in_a_hundred_at_most(
    kind: str, drawn: Callable[[np.random.Generator], Floats], z_of: Z
) -> None:
    random = np.random.default_rng(7)
    control, treatment = arm(drawn(random), LOOKS), arm(drawn(random), LOOKS)
    is_told = control.n >= 100
    if kind == "proportion":
        is_told = is_told & (np.minimum(control.sums, treatment.sums)[..., 0] >= 20)

    z, n = z_of(control, treatment), control.n + treatment.n
    live = (p_values(z, n, 10_000) <= 0.05) & is_told
    repeated = (2 * stats.norm.sf(np.abs(z)) <= 0.05) & is_told

    for trial, look in ((0, 20), (3, 60), (9, 99)):
        one = of_figure(kind, [each.moments(trial, look) for each in (control, treatment)], 10_000)
        assert one == pytest.approx(float(p_values(z[trial, look], n[look], 10_000)), rel=1e-6)
    assert live.any(axis=1).mean() <= 0.05
    assert 0.28 <= repeated.any(axis=1).mean() <= 0.42
    assert repeated[:, -1].mean() == pytest.approx(0.05, abs=0.025)


def test_a_fixed_test_looked_at_a_hundred_times_is_wrong_in_37_of_a_hundred_trials() -> None:
    # Normal units: Armitage, McPherson and Rowe, J. R. Stat. Soc. A 132 (1969) 235–244, table 2.
    walked = np.random.default_rng(8).standard_normal((40_000, LOOKS)).cumsum(axis=1)
    z = walked / np.sqrt(np.arange(1, LOOKS + 1))

    fixed = (np.abs(z) >= 1.959964).any(axis=1).mean()
    live = (p_values(z, np.arange(1, LOOKS + 1), LOOKS) <= 0.05).any(axis=1).mean()

    assert fixed == pytest.approx(0.374, abs=0.01)
    assert live <= 0.05


def test_rare_events_in_a_small_arm_raise_no_more_alarms() -> None:
    random = np.random.default_rng(9)
    alarms = 0
    for _ in range(300):
        small, large = (random.binomial(n, 0.01, 30).cumsum() for n in (20, 180))
        for look in range(5, 30):
            arms = (
                proportion(int(small[look]), 20 * look + 20),
                proportion(int(large[look]), 180 * look + 180),
            )
            if small[look] + large[look] >= 20 and looked(*arms, planned=6_000).p <= 0.05:
                alarms += 1
                break

    assert alarms <= 15


def test_an_arm_in_which_nothing_happens_is_found() -> None:
    figure = looked(proportion(120, 2_000), proportion(0, 2_000), planned=10_000)

    assert figure.is_sure()
    assert figure.p < 1e-5


def test_intervals_of_a_true_lift_hold_it_at_all_looks_in_95_of_100_trials() -> None:
    random = np.random.default_rng(10)
    missed = 0
    for _ in range(250):
        first, second = (random.binomial(100, share, 40).cumsum() for share in (0.2, 0.25))
        for look in range(40):
            n = 100 * look + 100
            figure = looked(proportion(int(first[look]), n), proportion(int(second[look]), n), planned=8_000)
            assert figure.lift is not None
            if not figure.lift.holds(0.25) or not figure.interval[0] <= 0.05 <= figure.interval[1]:
                missed += 1
                break

    assert missed <= 12


def test_few_units_and_few_events_have_no_figure() -> None:
    with pytest.raises(TooFew):
        looked(proportion(50, 99), proportion(90, 200), planned=1_000)
    with pytest.raises(TooFew):
        looked(proportion(9, 5_000), proportion(10, 5_000), planned=10_000)


def test_a_live_figure_is_wider_than_that_at_the_end() -> None:
    control, treatment = proportion(500, 10_000), proportion(560, 10_000)

    live, end = looked(control, treatment, planned=20_000), ended(control, treatment, planned=20_000)

    assert live.is_live
    assert live.p > end.p
    assert live.interval[0] < end.interval[0] < end.interval[1] < live.interval[1]
