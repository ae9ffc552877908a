"""Regression on the past and strata: against rows, and against what they leave of the variance."""

import numpy as np
import pytest
from scipy import stats

from zoco.stats.trials.adjusting import cuped, poststratified
from zoco.stats.trials.fixed import ended
from zoco.stats.trials.metrics import mean
from zoco.stats.trials.moments import Floats, Moments, NoSpread, TooFew


def rows(seed: int, n: int, effect: float) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    before = random.gamma(2, 10, n)
    return effect + 0.8 * before + random.normal(0, 6, n), before


def test_worked_example_is_welch_on_adjusted_rows() -> None:
    (y, x), (v, u) = rows(1, 400, 0.0), rows(2, 300, 2.0)

    found = cuped({"a": Moments.of(y, x), "b": Moments.of(v, u)})

    # By hand: theta of deviations within arms, and the mean of the covariate over all units.
    gaps = np.concatenate([x - x.mean(), u - u.mean()])
    theta = gaps @ np.concatenate([y - y.mean(), v - v.mean()]) / (gaps @ gaps)
    middle = np.concatenate([x, u]).mean()
    test = stats.ttest_ind(v - theta * (u - middle), y - theta * (x - middle), equal_var=False)
    figure = ended(found.arms["a"], found.arms["b"], planned=700)
    assert found.theta[0] == pytest.approx(theta, abs=1e-10)
    assert found.arms["a"].events is None
    assert figure.p == pytest.approx(test.pvalue, abs=1e-10)
    assert figure.interval == pytest.approx(tuple(test.confidence_interval()), abs=1e-8)


def test_variance_left_is_what_the_correlation_leaves() -> None:
    (y, x), (v, u) = rows(3, 20_000, 0.0), rows(4, 20_000, 0.0)

    found = cuped({"a": Moments.of(y, x), "b": Moments.of(v, u)})

    assert found.kept == pytest.approx(1 - np.corrcoef(y, x)[0, 1] ** 2, abs=0.01)


def test_the_effect_stays_what_it_is() -> None:
    gaps = []
    for seed in range(300):
        (y, x), (v, u) = rows(seed, 200, 0.0), rows(seed + 1_000, 200, 3.0)
        arms = cuped({"a": Moments.of(y, x), "b": Moments.of(v, u)}).arms
        gaps.append(arms["b"].value - arms["a"].value)

    assert np.mean(gaps) == pytest.approx(3.0, abs=0.12)
    assert np.std(gaps) == pytest.approx(6 * (2 / 200) ** 0.5, rel=0.1)


def test_of_ratios_the_linear_form_is_regressed_on_several_covariates() -> None:
    random = np.random.default_rng(6)
    arms = {}
    for key, n in (("a", 500), ("b", 600)):
        views, eager = random.poisson(5, n) + 1.0, random.uniform(0.05, 0.6, n)
        clicks = random.binomial(views.astype(int), eager).astype(float)
        arms[key] = (clicks, views, eager + random.normal(0, 0.05, n), random.poisson(5, n) + 0.0)

    found = cuped({key: Moments.of(*each) for key, each in arms.items()}, is_ratio=True)

    whole = [np.concatenate(pair) for pair in zip(arms["a"], arms["b"], strict=True)]
    share = whole[0].sum() / whole[1].sum()
    told = {key: (c - share * v) / whole[1].mean() for key, (c, v, *_) in arms.items()}
    before = {key: np.stack(each[2:]) for key, each in arms.items()}
    slopes, *_ = np.linalg.lstsq(
        np.concatenate([(before[key] - before[key].mean(1, keepdims=True)).T for key in arms]),
        np.concatenate([told[key] - told[key].mean() for key in arms]),
    )
    assert found.theta == pytest.approx(slopes, abs=1e-10)
    assert found.kept < 0.7
    for key, (clicks, views, *_) in arms.items():
        own = clicks.sum() / views.sum()
        left = (clicks - own * views) / views.mean() - slopes @ before[key]
        away = slopes @ (before[key].mean(1) - np.stack(whole[2:]).mean(1))
        assert found.arms[key].value == pytest.approx(own - away, abs=1e-10)
        assert found.arms[key].variance == pytest.approx(left.var(ddof=1), abs=1e-10)


def test_events_are_handed_on() -> None:
    arms = {key: Moments.of(*rows(seed, 100, 0.0)) for seed, key in enumerate("ab")}

    found = cuped(arms, events={"a": 7, "b": 9}).arms

    assert (found["a"].told, found["b"].told) == (7, 9)


def test_covariates_that_say_nothing_new_are_refused() -> None:
    y, x = rows(7, 100, 0.0)

    for columns in ((y, np.ones(100)), (y, x, 2 * x), (y,)):
        with pytest.raises(NoSpread):
            cuped({"a": Moments.of(*columns), "b": Moments.of(*columns)})


def test_poststratified_by_hand() -> None:
    arms = {
        "a": {"new": Moments.of([1.0, 3.0]), "old": Moments.of([10.0, 12.0, 14.0])},
        "b": {"new": Moments.of([2.0, 4.0, 6.0]), "old": Moments.of([11.0, 15.0])},
    }

    found = poststratified(arms)

    # Five units of ten are new: a half of each stratum's mean; variances 2, 4, 4, 8.
    assert found["a"].value == 0.5 * 2 + 0.5 * 12
    assert found["b"].value == 0.5 * 4 + 0.5 * 13
    assert found["a"].error ** 2 == pytest.approx(0.25 * 2 / 2 + 0.25 * 4 / 3)
    assert found["b"].error ** 2 == pytest.approx(0.25 * 4 / 3 + 0.25 * 8 / 2)


def test_poststratified_is_the_plain_mean_where_arms_have_alike_strata_but_with_less_variance() -> None:
    random = np.random.default_rng(8)
    strata = {key: random.normal(level, 1, 400) for key, level in (("x", 0), ("y", 5), ("z", 20))}

    one = poststratified({arm: {k: Moments.of(v) for k, v in strata.items()} for arm in ("a", "b")})["a"]
    plain = mean(Moments.of(np.concatenate(list(strata.values()))))

    assert one.value == pytest.approx(plain.value)
    assert one.error == pytest.approx(1 / 1_200**0.5, rel=0.1)
    assert plain.error > 5 * one.error


def test_a_stratum_with_one_unit_in_an_arm_is_refused_by_name() -> None:
    arms = {
        "a": {"new": Moments.of([1.0, 3.0]), "old": Moments.of([10.0])},
        "b": {"new": Moments.of([2.0, 4.0]), "old": Moments.of([11.0, 15.0])},
    }

    with pytest.raises(TooFew, match="Arm a has less than two units in stratum old"):
        poststratified(arms)
