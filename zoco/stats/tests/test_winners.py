"""Who wins: against published figures, and no oftener than said where there is nothing to win."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from zoco.stats.winners import best_of, fisher_exact


# Fisher's lady tasting tea, 3 of 4 against 1 of 4: p = 0.4857 (Agresti 2013, table 3.9); tonic and
# cancer of the larynx, 21 of 23 against 15 of 18: p = 0.6384 (the same, table 3.11).
@pytest.mark.parametrize(("table", "p"), [((3, 4, 1, 4), 0.4857), ((21, 23, 15, 18), 0.6384)])
def test_p_values_agree_with_agresti(table: tuple[int, int, int, int], p: float) -> None:
    assert fisher_exact(*table) == pytest.approx(p, abs=0.00005)


def exactly(s: int, n: int, t: int, m: int) -> Fraction:
    """Return it by counting in whole numbers."""
    ways = {a: comb(n, a) * comb(m, s + t - a) for a in range(s + t + 1) if a <= n and s + t - a <= m}
    return Fraction(sum(each for each in ways.values() if each <= ways[s]), sum(ways.values()))


def test_p_values_agree_with_whole_numbers() -> None:
    random = np.random.default_rng(4)
    for _ in range(200):
        n, m = (int(each) for each in random.integers(1, 300, 2))
        s, t = int(random.integers(0, n + 1)), int(random.integers(0, m + 1))

        assert fisher_exact(s, n, t, m) == pytest.approx(float(exactly(s, n, t, m)), rel=1e-6)


@pytest.mark.parametrize("arms", [2, 3])
def test_of_arms_that_are_alike_one_wins_in_at_most_five_of_a_hundred_trials(arms: int) -> None:
    random = np.random.default_rng(11)

    winners = sum(
        best_of([int(s) for s in random.binomial(1_500, 0.04, arms)], [1_500] * arms).winner is not None
        for _ in range(1_000)
    )

    assert winners <= 50


def test_a_difference_that_is_there_is_found() -> None:
    random = np.random.default_rng(12)

    found = [
        best_of([int(random.binomial(1_500, 0.04)), int(random.binomial(1_500, 0.075))], [1_500] * 2).winner
        for _ in range(200)
    ]

    assert found.count(1) > 190
    assert found.count(0) == 0


def test_who_beats_only_some_of_the_others_does_not_win() -> None:
    best = best_of([100, 95, 20], [1_000] * 3)

    assert (best.winner, best.leader) == (None, 0)


@pytest.mark.parametrize("arms", [([0, 0], [10, 10]), ([5, 5], [5, 5]), ([0, 3], [0, 10]), ([1], [3])])
def test_nothing_to_compare_is_a_tie(arms: tuple[list[int], list[int]]) -> None:
    assert best_of(*arms).winner is None
