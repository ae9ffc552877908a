"""Guards: against scipy's own and whole numbers, and however small a p-value gets."""

from fractions import Fraction
from functools import partial
from math import comb, factorial

import numpy as np
import pytest
from scipy import stats

from zoco.stats.trials.fixed import TrialRunning, ended
from zoco.stats.trials.guards import (
    CONCENTRATION,
    Guard,
    crossover,
    exposure,
    sample_ratio,
    sample_ratio_live,
)
from zoco.stats.trials.live import looked
from zoco.stats.trials.metrics import proportion
from zoco.stats.trials.verdicts import Verdict, Word, judged

EVEN = {"a": 1.0, "b": 1.0}


def test_worked_example_of_two_arms() -> None:
    # Kohavi, Tang and Xu 2020, chapter 21: 821,588 and 815,482 users dealt evenly, p = 1.8e-6.
    check = sample_ratio({"a": 821_588, "b": 815_482}, EVEN)

    assert check.value == pytest.approx(stats.chisquare([821_588, 815_482]).pvalue, rel=1e-9)
    assert check.value == pytest.approx(1.8e-6, abs=0.05e-6)
    assert (check.guard, check.is_kept) == (Guard.SAMPLE_RATIO, False)


def test_many_arms_with_weights() -> None:
    seen, weights = {"a": 5_050, "b": 2_400, "c": 2_550}, {"a": 50.0, "b": 25.0, "c": 25.0}

    check = sample_ratio(seen, weights)

    assert check.value == pytest.approx(stats.chisquare([5_050, 2_400, 2_550], [5_000, 2_500, 2_500]).pvalue)
    assert check.is_kept


def test_an_arm_that_is_not_dealt_does_not_make_the_others_look_wrong() -> None:
    # With its units in what the others are expected to have, p would be 2e-15.
    check = sample_ratio({"a": 1_000, "b": 1_090, "off": 400}, {"a": 1, "b": 1, "off": 0})

    assert check.value == pytest.approx(stats.chisquare([1_000, 1_090]).pvalue, rel=1e-9)


def test_tails_keep_their_digits() -> None:
    # Phi's tail at z = sqrt(chi-square), by Mills's continued fraction in whole fractions.
    seen = {"a": 60_000, "b": 53_000}
    z = 7_000 / 113_000**0.5
    below = Fraction(z)
    for k in range(60, 0, -1):
        below = Fraction(z) + Fraction(k, 1) / below
        below = below.limit_denominator(10**18)
    tail = 2 * float(stats.norm.pdf(z)) / float(below)

    assert sample_ratio(seen, EVEN).value == pytest.approx(tail, rel=1e-8)
    assert 0 < sample_ratio(seen, EVEN).value < 1e-90


def exactly(counts: list[int], shares: list[Fraction]) -> Fraction:
    """Return the sum over all splits that are no more probable, in whole numbers."""
    n = sum(counts)

    def mass(split: tuple[int, ...]) -> Fraction:
        ways = factorial(n)
        chance = Fraction(1)
        for one, share in zip(split, shares, strict=True):
            ways //= factorial(one)
            chance *= share**one
        return ways * chance

    splits = [(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)]
    own = mass((counts[0], counts[1], counts[2]))
    return sum((mass(each) for each in splits if mass(each) <= own), Fraction(0))


def test_few_units_are_counted_out() -> None:
    shares = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    weights = {"a": 2.0, "b": 1.0, "c": 1.0}
    for counts in ([3, 1, 8], [4, 2, 2], [0, 0, 9], [9, 1, 1]):
        found = sample_ratio(dict(zip("abc", counts, strict=True)), weights).value

        assert found == pytest.approx(float(exactly(counts, shares)), rel=1e-9)
    assert sample_ratio({"a": 1, "b": 8}, EVEN).value == pytest.approx(stats.binomtest(1, 9).pvalue)
    assert sample_ratio({}, EVEN).value == 1.0


def test_arms_without_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="stray"):
        sample_ratio({"a": 1, "stray": 3}, EVEN)


def test_live_ratio_is_one_over_the_bayes_factor() -> None:
    seen, weights = {"a": 7, "b": 2, "c": 4}, {"a": 2.0, "b": 1.0, "c": 1.0}

    # Unit by unit: the mixture's prediction of each next arm, over its planned share.
    factor, counts = Fraction(1), {"a": 0, "b": 0, "c": 0}
    for key in "aabacacbcacaa":
        share = Fraction(int(weights[key]), 4)
        prior = int(CONCENTRATION) * share
        factor *= (prior + counts[key]) / (int(CONCENTRATION) + sum(counts.values())) / share
        counts[key] += 1

    assert counts == seen
    assert sample_ratio_live(seen, weights).value == pytest.approx(min(1.0, float(1 / factor)), rel=1e-9)


def test_live_ratio_raises_no_more_alarms_than_said_and_finds_what_is_wrong() -> None:
    random = np.random.default_rng(1)
    looks = np.arange(1, 101) * 500

    def alarms(share: float, limit: float) -> float:
        seen = random.binomial(500, share, (300, 100)).cumsum(axis=1)
        return float(
            np.mean(
                [
                    any(
                        not sample_ratio_live({"a": int(k), "b": int(n - k)}, EVEN, limit=limit).is_kept
                        for k, n in zip(row, looks, strict=True)
                    )
                    for row in seen
                ]
            )
        )

    assert alarms(0.5, 0.05) <= 0.05
    assert alarms(0.52, 0.001) >= 0.98


def test_exposure_is_the_chi_square_of_the_table() -> None:
    dealt, exposed = {"a": 10_000, "b": 10_050}, {"a": 8_000, "b": 7_800}

    check = exposure(dealt, exposed)

    table = [[8_000, 2_000], [7_800, 2_250]]
    assert check.value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)
    assert (check.guard, check.is_kept) == (Guard.EXPOSURE, False)
    assert exposure(dealt, {"a": 8_000, "b": 8_030}).is_kept
    assert exposure(dealt, dealt).value == 1.0
    with pytest.raises(ValueError, match="More units"):
        exposure({"a": 10, "b": 10}, {"a": 11, "b": 5})


def test_crossover_is_a_share() -> None:
    assert crossover(100, 10_000).is_kept
    assert not crossover(101, 10_000).is_kept
    assert crossover(0, 0).value == 0.0


def trial(*, split: tuple[int, int] = (10_000, 10_000), crossed: int = 0) -> Verdict:
    arms = {"a": proportion(1_000, 10_000), "b": proportion(1_200, 10_000)}
    checks = [sample_ratio_live({"a": split[0], "b": split[1]}, EVEN), crossover(crossed, sum(split))]
    return judged(arms, "a", partial(looked, planned=20_000), checks)


def test_the_surely_better_arm_wins() -> None:
    verdict = trial()

    assert (verdict.word, verdict.winner, verdict.blocked_by) == (Word.WINNER, "b", ())
    assert verdict.figures["b"].is_sure()


def test_nobody_wins_where_a_guard_fails() -> None:
    verdict = trial(split=(10_000, 9_000), crossed=5_000)

    assert (verdict.word, verdict.winner) == (Word.BLOCKED, None)
    assert verdict.blocked_by == (Guard.SAMPLE_RATIO, Guard.CROSSOVER)
    assert verdict.figures["b"].is_sure()


def test_who_beats_the_control_but_not_the_other_arm_does_not_win() -> None:
    arms = {key: proportion(s, 10_000) for key, s in (("a", 1_000), ("b", 1_220), ("c", 1_200))}

    verdict = judged(arms, "a", partial(looked, planned=20_000), [])

    assert (verdict.word, verdict.winner) == (Word.OPEN, None)
    assert all(figure.is_sure() for figure in verdict.figures.values())


def test_where_lower_is_better_the_control_may_win() -> None:
    arms = {"a": proportion(1_000, 10_000), "b": proportion(1_200, 10_000)}
    fixed = partial(ended, planned=20_000)

    assert judged(arms, "a", fixed, [], is_higher_better=False).winner == "a"
    assert judged({"a": arms["a"]}, "a", fixed, []).word is Word.OPEN


def test_of_too_few_units_nothing_is_said_and_of_a_running_trial_no_fixed_word() -> None:
    arms = {"a": proportion(5, 50), "b": proportion(25, 50)}

    assert judged(arms, "a", partial(looked, planned=200), []).word is Word.TOO_FEW
    with pytest.raises(TrialRunning):
        judged(arms, "a", partial(ended, planned=200), [])


def test_splits_are_as_many_as_counted() -> None:
    # All four units in either arm of two: 2 of 16 equally ordered ways.
    assert sample_ratio({"a": 4, "b": 0}, EVEN).value == pytest.approx(2 / 2**4)
    assert sample_ratio({"a": 1, "b": 3}, EVEN).value == pytest.approx(1 - comb(4, 2) / 2**4)
