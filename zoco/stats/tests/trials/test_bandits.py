"""Bandits: what they deal, and that what is said after them holds where plain means do not."""

import numpy as np
import pytest
from scipy import stats

from zoco.stats.trials.bandits import Batch, compared, honest, interval, shares_next
from zoco.stats.trials.moments import Floats, NoSpread, TooFew

ARMS = ("a", "b")


def dealt(random: np.random.Generator, rates: dict[str, float], batches: int, size: int) -> list[Batch]:
    """Return the batches of a bandit."""
    found: list[Batch] = []
    for _ in range(batches):
        shares = shares_next(ARMS, found, floor=0.05)
        units = random.multinomial(size, list(shares.values()))
        n = dict(zip(shares, (int(each) for each in units), strict=True))
        found.append(Batch(shares, n, {key: int(random.binomial(n[key], rates[key])) for key in n}))
    return found


def test_the_first_batch_is_even_and_later_ones_follow_the_probability_to_be_best() -> None:
    batch = Batch({"a": 0.5, "b": 0.5}, {"a": 100, "b": 100}, {"a": 10, "b": 20})

    first, second = shares_next(ARMS, []), shares_next(ARMS, [batch], floor=0.05)

    assert first == pytest.approx({"a": 0.5, "b": 0.5})
    drawn = np.random.default_rng(1)
    is_better = drawn.beta(21, 81, 400_000) > drawn.beta(11, 91, 400_000)
    assert second["b"] == pytest.approx(0.05 + 0.9 * is_better.mean(), abs=0.002)
    assert sum(second.values()) == pytest.approx(1.0)


def test_no_arm_falls_below_the_floor() -> None:
    batch = Batch({"a": 0.5, "b": 0.5}, {"a": 1_000, "b": 1_000}, {"a": 10, "b": 400})

    assert shares_next(ARMS, [batch], floor=0.02)["a"] == pytest.approx(0.02)
    with pytest.raises(ValueError, match="cannot each get"):
        shares_next(ARMS, [batch], floor=0.6)


def test_worked_example_of_honest_figures_unit_by_unit() -> None:
    batches = [
        Batch({"a": 0.5, "b": 0.5}, {"a": 52, "b": 48}, {"a": 5, "b": 9}),
        Batch({"a": 0.2, "b": 0.8}, {"a": 23, "b": 77}, {"a": 2, "b": 16}),
    ]

    found = honest(ARMS, batches)["a"]

    scores, weights = [], []
    for share, usual, n, hits, others in ((0.5, 0.14, 52, 5, 48), (0.2, 5.14 / 53, 23, 2, 77)):
        for y in [1] * hits + [0] * (n - hits):
            scores.append(usual + (y - usual) / share)
        scores += [usual] * others
        weights += [share**0.5] * (n + others)
    score, weight = np.array(scores), np.array(weights)
    value = (weight * score).sum() / weight.sum()
    error = (weight**2 * (score - value) ** 2).sum() ** 0.5 / weight.sum()
    assert (found.n, found.value, found.error) == pytest.approx((200, value, error), abs=1e-12)
    for edge in interval("a", batches):
        spread = sum(
            share * units * own_spread({"a": share}, {"a": usual}, {"a": edge}, {"a": 1.0})
            for share, usual, units in ((0.5, 0.14, 100), (0.2, 5.14 / 53, 100))
        )
        assert abs(value - edge) == pytest.approx(1.959964 * spread**0.5 / weight.sum(), abs=1e-8)


def own_spread(
    shares: dict[str, float], usual: dict[str, float], means: dict[str, float], signs: dict[str, float]
) -> float:
    """Return how the score of a unit varies that gets an arm by these shares and does it by these means."""
    start = sum(signs[key] * usual[key] for key in signs)
    outcomes = [(1 - sum(shares[key] for key in signs), start)]
    for key, sign in signs.items():
        for y, chance in ((1.0, means[key]), (0.0, 1 - means[key])):
            outcomes.append((shares[key] * chance, start + sign * (y - usual[key]) / shares[key]))
    mean = sum(chance * score for chance, score in outcomes)
    return sum(chance * (score - mean) ** 2 for chance, score in outcomes)


def test_one_batch_says_what_is_published_of_shares() -> None:
    whole = [Batch({"a": 1.0}, {"a": 263}, {"a": 81})]
    halves = [Batch({"a": 0.4, "b": 0.6}, {"a": 120, "b": 180}, {"a": 20, "b": 45})]

    # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (Wilson).
    assert interval("a", whole) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    found = stats.chi2_contingency([[20, 100], [45, 135]], correction=False)
    assert compared("a", "b", halves).p == pytest.approx(found.pvalue, abs=1e-12)


TWO_DAYS = [
    Batch({"a": 0.4, "b": 0.4, "c": 0.2}, {"a": 82, "b": 78, "c": 40}, {"a": 9, "b": 19, "c": 3}),
    Batch({"a": 0.1, "b": 0.8, "c": 0.1}, {"a": 23, "b": 157, "c": 20}, {"a": 3, "b": 36, "c": 2}),
]
BEFORE = [{"a": 0.155, "b": 0.155}, {"a": 9.155 / 83, "b": 19.155 / 79}]


def scored(signs: dict[str, float]) -> tuple[float, float]:
    """Return the weighted mean of the scores of all units of two days, and what they weigh."""
    scores, weights = [], []
    for batch, usual in zip(TWO_DAYS, BEFORE, strict=True):
        for key in "abc":
            hits, units = int(batch.totals[key]), batch.n[key]
            for y in [1] * hits + [0] * (units - hits):
                moved = signs[key] * (y - usual[key]) / batch.shares[key] if key in signs else 0.0
                scores.append(sum(signs[each] * usual[each] for each in signs) + moved)
                weights.append((1 / batch.shares["a"] + 1 / batch.shares["b"]) ** -0.5)
    return float(np.average(scores, weights=weights)), sum(weights)


def error(low: float, high: float, times: float = 1.0) -> float:
    """Return how the mean score of b less so many times a varies, if arms did it by these shares."""
    spread = sum(
        200
        / (1 / batch.shares["a"] + 1 / batch.shares["b"])
        * own_spread(
            {key: batch.shares[key] for key in ARMS}, usual, {"a": low, "b": high}, {"a": -times, "b": 1.0}
        )
        for batch, usual in zip(TWO_DAYS, BEFORE, strict=True)
    )
    return float(spread**0.5 / scored({})[1])


def test_worked_example_of_a_comparison_unit_by_unit() -> None:
    n, total = {"a": 105, "b": 235}, 9 + 19 + 3 + 36

    figure = compared("a", "b", TWO_DAYS)

    value, pooled = scored({"a": -1.0, "b": 1.0})[0], total / 340
    assert (figure.n, figure.is_live) == (400, False)
    assert figure.difference == pytest.approx(value, abs=1e-12)
    assert figure.p == pytest.approx(2 * stats.norm.sf(abs(value) / error(pooled, pooled)), abs=1e-10)
    for edge in figure.interval:
        means = pooled - edge * n["b"] / 340, pooled + edge * n["a"] / 340
        assert abs(value - edge) == pytest.approx(1.959964 * error(*means), abs=1e-8)
    assert figure.lift is not None
    assert figure.lift.value == pytest.approx(scored({"b": 1.0})[0] / scored({"a": 1.0})[0] - 1)
    for ratio in (figure.lift.low + 1, figure.lift.high + 1):
        low = total / (n["a"] + ratio * n["b"])
        apart = scored({"a": -ratio, "b": 1.0})[0]
        assert abs(apart) == pytest.approx(1.959964 * error(low, ratio * low, ratio), abs=1e-8)


def of_values(shares: dict[str, float], values: dict[str, Floats]) -> Batch:
    """Return a batch of units with these values."""
    return Batch(
        shares,
        {key: len(each) for key, each in values.items()},
        {key: float(each.sum()) for key, each in values.items()},
        {key: float(each @ each) for key, each in values.items()},
        {key: int(np.count_nonzero(each)) for key, each in values.items()},
    )


def paid(random: np.random.Generator, units: int, times: float = 1.0) -> Floats:
    """Return revenue: one in five pays, drawn in at 60."""
    amounts = np.minimum(random.lognormal(3.0, 0.8, units) * times, 60.0)
    return np.asarray(np.where(random.random(units) < 0.2, amounts, 0.0))


def test_worked_example_of_money_unit_by_unit() -> None:
    random = np.random.default_rng(8)
    days = [
        ({"a": 0.5, "b": 0.5}, {"a": paid(random, 610), "b": paid(random, 590)}),
        ({"a": 0.2, "b": 0.8}, {"a": paid(random, 240), "b": paid(random, 960)}),
    ]
    batches = [of_values(*each) for each in days]

    found, figure = honest(ARMS, batches)["b"], compared("a", "b", batches)

    first = (days[0][1]["a"].sum() + days[0][1]["b"].sum()) / 1_200
    usual = {key: [first, (days[0][1][key].sum() + first) / (len(days[0][1][key]) + 1)] for key in ("a", "b")}
    scores, weights, gaps, heavy = [], [], [], []
    for at, (shares, values) in enumerate(days):
        for key, sign in (("a", -1), ("b", 1)):
            m, other = usual["b"][at], usual["a"][at]
            for y in values[key]:
                scores.append(m + (y - m) / shares["b"] if key == "b" else m)
                weights.append(shares["b"] ** 0.5)
                gaps.append(m - other + sign * (y - usual[key][at]) / shares[key])
                heavy.append((1 / shares["a"] + 1 / shares["b"]) ** -0.5)
    score, weight = np.array(scores), np.array(weights)
    mean = (weight * score).sum() / weight.sum()
    assert found.value == pytest.approx(mean, abs=1e-10)
    assert found.error == pytest.approx(
        (weight**2 * (score - mean) ** 2).sum() ** 0.5 / weight.sum(), abs=1e-8
    )
    gap, weight = np.array(gaps), np.array(heavy)
    value = (weight * gap).sum() / weight.sum()
    assert figure.difference == pytest.approx(value, abs=1e-10)
    # Where the arms have their own means, the variance is about that of the scores that were seen.
    error = (weight**2 * (gap - value) ** 2).sum() ** 0.5 / weight.sum()
    low, high = figure.interval
    assert (high - low) / 2 == pytest.approx(1.959964 * error, rel=0.02)
    # The arm that was dealt less would vary more if it brought more: the interval reaches further down.
    assert value - low > high - value


def test_means_are_shared_out_by_one_spread_and_evenly_while_too_little_is_known() -> None:
    some, more = np.array([0.0, 10.0, 20.0] * 60), np.array([0.0, 14.0, 22.0] * 60)
    batch = of_values({"a": 0.5, "b": 0.5}, {"a": some, "b": more})

    shares = shares_next(ARMS, [batch])

    pooled = ((some - some.mean()) @ (some - some.mean()) + (more - more.mean()) @ (more - more.mean())) / 358
    chance = stats.norm.cdf((more.mean() - some.mean()) / (2 * pooled / 180) ** 0.5)
    assert shares["b"] == pytest.approx(0.1 + 0.8 * chance, abs=1e-5)
    few = of_values({"a": 0.5, "b": 0.5}, {"a": some[:99], "b": more})
    alike = of_values({"a": 0.5, "b": 0.5}, {"a": np.ones(200), "b": np.ones(200)})
    assert shares_next(ARMS, [few]) == shares_next(ARMS, [alike]) == {"a": 0.5, "b": 0.5}
    with pytest.raises(TooFew, match="20 units"):
        honest(ARMS, [of_values({"a": 0.5, "b": 0.5}, {"a": some, "b": np.array([0.0] * 181 + [9.0] * 19)})])


def test_lift_of_scores_says_what_their_difference_says() -> None:
    random = np.random.default_rng(5)
    for _ in range(200):
        n, rates = {"a": 120, "b": 130}, {"a": 0.1, "b": float(random.choice([0.1, 0.2]))}
        batches = [
            Batch({"a": e, "b": 1 - e}, n, {key: int(random.binomial(n[key], rates[key])) for key in n})
            for e in (0.5, 0.2)
        ]

        figure = compared("a", "b", batches)

        assert figure.lift is not None
        assert figure.lift.holds(0.0) is not figure.is_sure()


def test_arms_that_nobody_did_anything_in_have_no_difference() -> None:
    with pytest.raises(NoSpread):
        compared("a", "b", [Batch({"a": 0.5, "b": 0.5}, {"a": 120, "b": 110}, {"a": 0, "b": 0})])


def test_the_better_arm_is_dealt_more_and_found() -> None:
    batches = dealt(np.random.default_rng(3), {"a": 0.1, "b": 0.2}, 8, 400)

    figure = compared("a", "b", batches)

    assert sum(each.n["b"] for each in batches) > 0.8 * 3_200
    assert figure.is_sure()
    assert figure.interval[0] < 0.1 < figure.interval[1]


def test_few_units_and_arms_without_a_share_have_no_honest_figure() -> None:
    even = Batch({"a": 0.5, "b": 0.5}, {"a": 100, "b": 99}, {"a": 5, "b": 9})

    with pytest.raises(TooFew):
        honest(ARMS, [even])
    with pytest.raises(ValueError, match="Arm b had no share in batch 2"):
        honest(ARMS, [even, Batch({"a": 1.0}, {"a": 100}, {"a": 9})])
