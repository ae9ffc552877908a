"""Plans: what they promise against trials simulated with the product's own figures."""

import math

import numpy as np
import pytest
from scipy import stats

from zoco.stats.trials.fixed import ended
from zoco.stats.trials.live import UNITS_LEAST, p_values
from zoco.stats.trials.metrics import drawn_in, mean, proportion, ratio
from zoco.stats.trials.moments import Estimate, Floats, Moments
from zoco.stats.trials.planning import Coming, Design, OutOfReach, Past, Way, days_for, plan, power, units_for
from zoco.stats.trials.planning_live import course, course_of, drift_for, plan_live
from zoco.stats.trials.planning_revenue import past_of_revenue

TRIALS = 20_000


def z_of(first: Floats, second: Floats, n: Floats | int, m: Floats | int) -> tuple[Floats, Floats]:
    """Return z and Welch's degrees of freedom of successes of n and m units."""
    p, q = first / n, second / m
    one, other = p * (1 - p) / (n - 1), q * (1 - q) / (m - 1)
    freedom = (one + other) ** 2 / (one**2 / (n - 1) + other**2 / (m - 1))
    return (q - p) / np.sqrt(one + other), freedom


@pytest.mark.parametrize(
    ("share", "effect", "units", "weights"),
    [
        (0.05, 0.01, 16_000, (1.0, 1.0)),
        (0.2, -0.04, 2_000, (3.0, 1.0)),
        (0.02, 0.006, 20_000, (1.0, 1.0, 1.0)),
    ],
)
def test_power_of_proportions_is_within_a_point_of_simulation(
    share: float, effect: float, units: int, weights: tuple[float, ...]
) -> None:
    random, design = np.random.default_rng(1), Design(weights)
    n, m = (round(units * each) for each in design.shares)
    first = random.binomial(n, share, TRIALS).astype(float)
    second = random.binomial(m, share + effect, TRIALS).astype(float)

    promised = power(Past.of_share(share), effect, units, design)

    z, freedom = z_of(first, second, n, m)
    p: Floats = np.asarray(2 * stats.t.sf(np.abs(z), freedom))
    one = ended(proportion(int(first[0]), n), proportion(int(second[0]), m), planned=n + m)
    assert one.p == pytest.approx(p[0], rel=1e-9)
    assert promised == pytest.approx(np.mean(p <= design.level), abs=0.01)
    assert 0.5 < promised < 0.95


def test_power_of_few_normal_units_is_within_a_point_of_simulation() -> None:
    random = np.random.default_rng(2)
    first, second = random.normal(10, 4, (TRIALS, 12)), random.normal(14, 4, (TRIALS, 24))

    promised = power(Past(10, 16), 4, 36, Design((1, 2)))

    p = stats.ttest_ind(first, second, axis=1, equal_var=False).pvalue
    assert promised == pytest.approx(np.mean(p <= 0.05), abs=0.01)


def test_power_of_revenue_is_within_a_point_of_simulation() -> None:
    random = np.random.default_rng(3)

    def revenue(scale: float) -> Floats:
        return np.where(random.random((4_000, 1_000)) < 0.3, random.exponential(scale, (4_000, 1_000)), 0.0)

    past = Past.of(mean(Moments.of(revenue(20.0)[:300].ravel())))
    first, second = revenue(20.0), revenue(24.0)

    promised = power(past, 1.2, 2_000, Design())

    p = stats.ttest_ind(first, second, axis=1, equal_var=False).pvalue
    # The variance of what is paid more grows with it, of which a plan by the past does not know.
    known = power(Past(6.0, (past.variance + 2 * 0.3 * 24**2 - 7.2**2) / 2), 1.2, 2_000, Design())
    assert known == pytest.approx(np.mean(p <= 0.05), abs=0.01)
    assert known < promised < known + 0.1


@pytest.mark.parametrize(("share", "lift", "n"), [(0.97, 0.3, 1_200), (0.9, 0.25, 1_000)])
def test_power_of_revenue_drawn_in_is_within_a_point_of_trials_on_a_heavy_tailed_history(
    share: float, lift: float, n: int
) -> None:
    random, trials = np.random.default_rng(7), 5_000
    amounts = 20 * (1 + random.pareto(1.3, 4_000))
    history = np.concatenate([amounts, np.zeros(16_000)])

    def revenue(payers: float) -> Floats:
        return np.where(random.random((trials, n)) < payers, random.choice(amounts, (trials, n)), 0.0)

    past = past_of_revenue(history, share, lift, Design())
    assert past_of_revenue(history / 1e4, share, lift, Design()).value == pytest.approx(past.value / 1e4)
    promised = power(past, lift * past.value, 2 * n, Design())

    first, second = revenue(0.2), revenue(0.2 * (1 + lift))
    cap: Floats = np.quantile(np.hstack([first, second]), share, axis=1, method="inverted_cdf", keepdims=True)
    drawn = np.minimum(first, cap), np.minimum(second, cap)
    p: Floats = np.asarray(stats.ttest_ind(*drawn, axis=1, equal_var=False).pvalue)
    both = drawn_in({"a": first[0], "b": second[0]}, share)
    assert both.cap == cap[0, 0]
    assert ended(both.arms["a"], both.arms["b"], planned=2 * n).p == pytest.approx(p[0], rel=1e-9)
    assert promised == pytest.approx(np.mean(p <= 0.05), abs=0.01)
    assert 0.5 < promised < 0.95
    # As it is, without drawing in, this history finds next to nothing.
    assert power(Past.of(mean(Moments.of(history))), lift * history.mean(), 2 * n, Design()) < 0.4


def test_power_of_a_ratio_is_within_a_point_of_simulation() -> None:
    random, trials, n, lift = np.random.default_rng(8), 6_000, 500, 0.12

    def units(rows: int) -> tuple[Floats, Floats]:
        orders = np.asarray(1 + random.poisson(1.5, (rows, n)), dtype=np.float64)
        paid = np.asarray(random.lognormal(3, 0.5, (rows, n)) * orders, dtype=np.float64)
        return paid + random.normal(0, 5, (rows, n)), orders

    def figure(above: Floats, below: Floats) -> tuple[Floats, Floats]:
        value = above.mean(axis=1) / below.mean(axis=1)
        told = (above - value[:, None] * below) / below.mean(axis=1)[:, None]
        return value, told.var(axis=1, ddof=1) / n

    above, below = units(400)
    past = Past.of(ratio(Moments.of(above.ravel(), below.ravel())), Way.EACH)

    promised = power(past, lift * past.value, 2 * n, Design())

    (first, one), (above, below) = figure(*units(trials)), units(trials)
    second, other = figure((1 + lift) * above, below)
    p = 2 * stats.norm.sf(np.abs(second - first) / np.sqrt(one + other))
    assert promised == pytest.approx(np.mean(p <= 0.05), abs=0.01)
    assert 0.5 < promised < 0.95


@pytest.mark.parametrize("rates", [0.5, 50.0])
def test_power_of_counts_is_within_a_point_of_simulation(rates: float) -> None:
    random, trials, n, value, lift = np.random.default_rng(9), 6_000, 700, 0.6, 0.32

    def counts(value: float, rows: int) -> Floats:
        return random.poisson(random.gamma(rates, value / rates, (rows, n))).astype(float)

    history = counts(value, 300).ravel()
    past = Past.of(mean(Moments.of(history)), Way.EACH, chance=float(history.mean()))

    promised = power(past, lift * past.value, 2 * n, Design())

    lifted = counts(value * (1 + lift), trials)
    p = stats.ttest_ind(counts(value, trials), lifted, axis=1, equal_var=False).pvalue
    assert promised == pytest.approx(np.mean(p <= 0.05), abs=0.01)
    assert 0.5 < promised < 0.999


def test_power_of_clicks_a_view_is_within_a_point_of_simulation() -> None:
    random, trials, n, lift = np.random.default_rng(10), 6_000, 500, 0.35

    def figure(share: float, rows: int) -> tuple[Floats, Floats, Past]:
        views = 1 + random.geometric(0.3, (rows, n))
        clicks = random.binomial(views, random.beta(2, 2 / share - 2, (rows, n)))
        per = views.mean(axis=1)
        value = clicks.mean(axis=1) / per
        told = (clicks - value[:, None] * views) / per[:, None]
        whole = ratio(Moments.of(clicks.ravel(), views.ravel()))
        past = Past.of(whole, Way.EACH, chance=whole.value / float(views.mean()))
        return value, told.var(axis=1, ddof=1) / n, past

    past = figure(0.06, 400)[2]

    promised = power(past, lift * past.value, 2 * n, Design())

    (first, one, _), (second, other, _) = figure(0.06, trials), figure(0.06 * (1 + lift), trials)
    p = 2 * stats.norm.sf(np.abs(second - first) / np.sqrt(one + other))
    assert promised == pytest.approx(np.mean(p <= 0.05), abs=0.01)
    assert 0.5 < promised < 0.95


def test_variance_by_hand_where_more_do_it_and_where_each_brings_more() -> None:
    # Two of ten paid 10 and 30; twice as many, and the same ones twice as much.
    rows = np.array([10.0, 30.0, *[0.0] * 8])
    few = Estimate(10, float(rows.mean()), float(rows.var()), 2)

    assert Past.of(few, Way.MORE).moved(4) == pytest.approx(np.var([10, 30, 10, 30, *[0] * 6]))
    assert Past.of(few, Way.EACH).moved(4) == pytest.approx(np.var(2 * rows))
    assert Past.of(few, Way.EACH, chance=4).moved(4) == pytest.approx(2 * 4 + 4 * (rows.var() - 4))
    assert Past.of(few, Way.EACH, chance=1e9).moved(4) == pytest.approx(2 * rows.var())
    assert Past.of(few).moved(4) == pytest.approx(rows.var())
    share = Past(0.2, 0.16, way=Way.MORE, doers=0.2)
    assert share.moved(0.1) == pytest.approx(Past.of_share(0.2).moved(0.1))
    with pytest.raises(OutOfReach, match="as many are not there"):
        Past.of(few, Way.MORE).moved(20)
    with pytest.raises(OutOfReach, match="nothing"):
        Past(0, 1, way=Way.EACH).moved(1)


def test_revenue_is_drawn_in_where_the_trial_will_with_those_who_pay_more_often_in_it() -> None:
    paid = np.array([*[0.0] * 90, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])

    # The 95th of 100 is 50. If one of two arms has twice as many who pay, each counts 1.5: 95.5 are up to 70.
    assert past_of_revenue(paid, 0.95, 0.0, Design()).value == pytest.approx((100 + 6 * 50) / 100)
    assert past_of_revenue(paid, 0.95, 1.0, Design()).value == pytest.approx((280 + 3 * 70) / 100)
    with pytest.raises(OutOfReach):
        past_of_revenue(paid, 0.95, 20.0, Design())
    with pytest.raises(OutOfReach):
        past_of_revenue(np.zeros(100), 0.99, 0.1, Design())


def test_units_are_the_fewest_with_the_power_and_find_the_effect_planned() -> None:
    for past, effect, design in (
        (Past.of_share(0.05), 0.005, Design()),
        (Past.of_share(0.3), -0.02, Design((1, 1, 1), power=0.9)),
        (Past(40.0, 900.0), 2.0, Design((2, 1), alpha=0.01)),
        (Past(10.0, 25.0), 8.0, Design()),
    ):
        units = units_for(past, effect, design)

        assert power(past, effect, units, design) >= design.power > power(past, effect, units - 1, design)


def test_worked_example_by_the_textbook() -> None:
    # (z_0.975 + z_0.8)² (p (1 - p) + q (1 - q)) / (p - q)² an arm.
    by_hand = (1.959964 + 0.841621) ** 2 * (0.05 * 0.95 + 0.055 * 0.945) / 0.005**2

    found = plan(Past.of_share(0.05), 0.005, Design(), daily=1_000)

    assert found.units == pytest.approx(2 * by_hand, abs=12)
    assert found.days == 63
    assert found.power == pytest.approx(0.8, abs=1e-4)


def test_daily_traffic_makes_days() -> None:
    assert days_for(1_000, 300) == 4
    assert days_for(900, 300) == 3
    coming = Coming((10.0, 18.0, 24.0), 3.0)
    assert [days_for(units, coming) for units in (1, 10, 11, 18, 24, 25, 27, 28)] == [1, 1, 2, 2, 3, 4, 4, 5]


def test_one_look_needs_what_its_own_boundary_asks() -> None:
    # At its planned end the boundary is 3.03512 standard errors.
    assert drift_for(1, 0.05, 0.8) == pytest.approx(3.03512 + 0.84162, abs=0.03)
    assert course(3.03512, 1, 0.05).power == pytest.approx(0.5, abs=0.015)
    assert course(3.03512, 1, 0.05).expected == 1.0


@pytest.mark.parametrize(("share", "effect", "units"), [(0.05, 0.012, 20_000), (0.2, 0.03, 12_000)])
def test_course_of_a_live_trial_is_within_a_point_of_simulation(
    share: float, effect: float, units: int
) -> None:
    random, looks = np.random.default_rng(4), 40
    step = units // 2 // looks
    n = step * np.arange(1.0, looks + 1)
    first, second = (
        random.binomial(step, each, (TRIALS, looks)).cumsum(axis=1).astype(float)
        for each in (share, share + effect)
    )

    promised = course_of(Past.of_share(share), effect, units, Design(), looks=looks)

    z, _ = z_of(first, second, n, n)
    is_sure = (p_values(z, 2 * n, units) <= 0.05) & (n >= UNITS_LEAST)
    stopped = np.where(is_sure.any(axis=1), is_sure.argmax(axis=1) + 1, looks)
    assert promised.error < 0.004
    assert promised.power == pytest.approx(is_sure.any(axis=1).mean(), abs=0.01)
    assert promised.expected == pytest.approx(stopped.mean() / looks, abs=0.01)
    assert 0.5 < promised.power < 0.95


def test_live_plan_keeps_its_power_and_tells_most_and_expected() -> None:
    design, past = Design(), Past.of_share(0.05)

    found = plan_live(past, 0.005, design, daily=2_000)

    fixed = plan(past, 0.005, design, daily=2_000)
    assert found == plan_live(past, 0.005, design, daily=2_000)
    assert found.course.power == pytest.approx(0.8, abs=0.01)
    assert found.days == math.ceil(found.units / 2_000)
    assert fixed.units < found.units < 2 * fixed.units
    assert found.units_expected < 0.75 * found.units
    larger = course_of(past, 0.01, found.units, design, looks=found.days)
    assert larger.power > 0.999
    assert larger.expected < 0.25


def test_a_live_effect_of_a_mean_with_the_drift_that_is_needed_has_the_power() -> None:
    past, design = Past.of(Estimate(500, 40.0, 900.0)), Design()

    effect = drift_for(20, 0.05, 0.8) * math.sqrt(4 * 900 / 10_000)

    assert course_of(past, effect, 10_000, design, looks=20).power == pytest.approx(0.8, abs=0.001)


@pytest.mark.parametrize(("past", "effect"), [(Past.of_share(0.9), 0.2), (Past(5, 0), 1), (Past(5, 1), 0.0)])
def test_what_no_trial_finds_is_said(past: Past, effect: float) -> None:
    with pytest.raises(OutOfReach):
        units_for(past, effect, Design())
    with pytest.raises(OutOfReach):
        plan_live(past, effect, Design(), daily=100)


def test_who_has_no_visitors_or_too_few_is_told() -> None:
    with pytest.raises(OutOfReach, match="Nobody comes"):
        days_for(25, Coming((10.0, 24.0), 0.0))
