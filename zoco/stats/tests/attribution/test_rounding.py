"""Whole units: they add up, nobody is more than one unit off, and neither name nor place decides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoco.stats.attribution.rounding import apportion

shares_drawn = st.lists(st.sampled_from([0.0, 1.0, 1 / 3, 0.1, 0.7, 2.5, 1e-9, 1e6]), min_size=1, max_size=12)


@given(st.integers(0, 10**15), shares_drawn)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_units_and_what_is_undivided_are_the_whole(whole: int, shares: list[float]) -> None:
    given_units, left = apportion(whole, np.array(shares))

    assert int(given_units.sum()) + left == whole
    if sum(shares):
        quotas = np.array(shares) / sum(shares) * whole
        assert 0 <= left < len(shares)
        assert (given_units >= 0).all()
        assert np.abs(given_units - quotas).max() <= 1 + whole * 1e-12


@given(st.integers(0, 10**9), shares_drawn)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_order_changes_nothing(whole: int, shares: list[float]) -> None:
    order = np.random.default_rng(len(shares) + whole % 1_000).permutation(len(shares))

    units, left = apportion(whole, np.array(shares))
    others, others_left = apportion(whole, np.array(shares)[order])

    assert others.tolist() == units[order].tolist()
    assert others_left == left


def test_the_largest_remainders_get_the_rest() -> None:
    # Quotas 4.7, 3.6, 1.7 of 10: floors give 8, the two largest remainders are of the first and the last.
    assert apportion(10, np.array([47.0, 36.0, 17.0]))[0].tolist() == [5, 3, 2]


def test_who_ties_for_fewer_units_than_they_are_gets_none_unless_names_decide() -> None:
    shares = np.array([1.0, 1.0, 1.0])

    assert [each.tolist() if isinstance(each, np.ndarray) else each for each in apportion(10, shares)] == [
        [3, 3, 3],
        1,
    ]
    assert apportion(11, shares)[1] == 2
    assert apportion(12, shares)[0].tolist() == [4, 4, 4]
    assert apportion(11, shares, ["b", "c", "a"])[0].tolist() == [4, 3, 4]
    assert apportion(11, shares, ["b", "c", "a"])[1] == 0


def test_noise_of_the_last_digits_is_no_difference() -> None:
    shares = np.array([0.1 + 0.2, 0.3, 0.3 - 1e-17])

    assert apportion(100, shares)[1] == 1
    assert apportion(10_000, np.array([0.5 - 1e-16, 0.5]))[0].tolist() == [5_000, 5_000]


def test_of_nothing_claimed_all_is_left() -> None:
    units, left = apportion(7, np.zeros(2))

    assert units.tolist() == [0, 0]
    assert left == 7


@pytest.mark.parametrize("whole", [10**15 + 1, 2**53 - 1])
def test_large_wholes_are_exact(whole: int) -> None:
    units, left = apportion(whole, np.array([0.1, 0.7, 0.2]))

    assert int(units.sum()) + left == whole
    assert 0 <= left < 3
