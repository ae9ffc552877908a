"""How often intervals of bandits hold the truth, over many bandits."""

import numpy as np
import pytest

from zoco.stats.tests.trials.test_bandits import ARMS, dealt, of_values, paid
from zoco.stats.trials.bandits import Batch, compared, honest, interval, shares_next


def test_intervals_of_money_cover_the_truth_also_of_a_difference_while_everything_drifts() -> None:
    random, trials = np.random.default_rng(6), 120
    times = {"a": 1.0, "b": 1.2}
    truth = {
        key: float(paid(np.random.default_rng(1), 1_000_000, each).mean()) for key, each in times.items()
    }
    arms, gaps = [], []
    for trial in range(trials):
        batches: list[Batch] = []
        for day in range(6):
            shares = shares_next(ARMS, batches)
            # In every second trial each next day brings everybody two more, whatever the arm.
            drift = 2.0 * day * (trial % 2)
            units = dict(zip(ARMS, random.multinomial(500, list(shares.values())).tolist(), strict=True))
            values = {key: paid(random, units[key], times[key]) + drift for key in ARMS}
            batches.append(of_values(shares, values))
        if trial % 2 == 0:
            within = {key: interval(key, batches) for key in ARMS}
            arms += [within[key][0] <= truth[key] <= within[key][1] for key in ARMS]
        low, high = compared("a", "b", batches).interval
        gaps.append(low <= truth["b"] - truth["a"] <= high)

    assert np.mean(arms) == pytest.approx(0.95, abs=0.06)
    assert np.mean(gaps) == pytest.approx(0.95, abs=0.06)


def test_honest_figures_hold_where_plain_means_are_too_low() -> None:
    random, rate, trials = np.random.default_rng(2), 0.1, 300
    plain, values, errors, called = [], [], [], 0
    for _ in range(trials):
        batches = dealt(random, {"a": rate, "b": rate}, 5, 300)
        arms = honest(ARMS, batches)
        for key in ARMS:
            units = sum(each.n[key] for each in batches)
            plain.append(sum(each.totals[key] for each in batches) / units)
            values.append(arms[key].value)
            errors.append(arms[key].error)
        called += compared("a", "b", batches).is_sure()

    z = (np.array(values) - rate) / np.array(errors)
    assert np.mean(plain) < rate - 3 * np.std(plain) / len(plain) ** 0.5
    assert rate - np.mean(values) < 0.7 * (rate - np.mean(plain))
    assert rate - np.mean(values) < 0.2 * np.mean(errors)
    assert np.mean(np.abs(z) <= 1.959964) == pytest.approx(0.95, abs=0.025)
    assert called / trials <= 0.075


def test_intervals_of_a_small_arm_hold_where_usual_ones_are_too_narrow() -> None:
    random, rate, trials, shares = np.random.default_rng(4), 0.05, 300, {"a": 0.1, "b": 0.9}
    usual, arms, gaps = [], [], []
    for _ in range(trials):
        batches = []
        for _day in range(5):
            units = int(random.binomial(200, 0.1))
            n = {"a": units, "b": 200 - units}
            batches.append(Batch(shares, n, {key: int(random.binomial(n[key], rate)) for key in ARMS}))
        estimate, (low, high) = honest(ARMS, batches)["a"], interval("a", batches)
        usual.append(abs(estimate.value - rate) <= 1.959964 * estimate.error)
        arms.append(low <= rate <= high)
        gaps.append(compared("a", "b", batches).interval)

    covered = np.mean([low <= 0 <= high for low, high in gaps])
    assert np.mean(usual) < 0.91
    assert np.mean(arms) == pytest.approx(0.95, abs=0.025)
    assert covered == pytest.approx(0.95, abs=0.025)
