"""Pairs, by hand and by simulation."""

import random

import numpy as np
import pytest
from scipy import stats

from zoco.stats.kinds.together import Pair, pairs


def test_a_pair_by_hand() -> None:
    baskets = [{"a", "b"}] * 6 + [{"a"}] * 4 + [{"b"}] * 2 + [{"c"}] * 8

    (found,) = pairs((each, each) for each in baskets)

    assert (found.one, found.other, found.both, found.first, found.second, found.whole) == (
        "a",
        "b",
        6,
        10,
        8,
        20,
    )
    assert found.lift == pytest.approx(6 * 20 / 80)
    assert found.chance == pytest.approx(0.6)
    # Three products make three pairs: each end is missed by 0.05 / 3 / 2. By chance there were 4.
    assert stats.poisson.sf(5, 4 * found.low) == pytest.approx(0.05 / 6)
    assert stats.poisson.cdf(6, 4 * found.high) == pytest.approx(0.05 / 6)
    assert not found.is_sure


def test_few_meetings_are_no_pair_and_nothing_has_none() -> None:
    assert pairs([({"a", "b"}, {"a", "b"})] * 4) == []
    assert pairs([]) == []


def test_order_counts_where_it_is_asked_for() -> None:
    found = pairs([({"a"}, {"b"})] * 9 + [({"b"}, {"a"})] * 5 + [({"a"}, {"a"})] * 3, is_ordered=True)

    assert [(each.one, each.other, each.both) for each in found] == [("b", "a", 5), ("a", "b", 9)]


def test_what_does_not_know_of_each_other_is_hardly_ever_sure() -> None:
    sure, made = 0, random.Random(3)
    for _ in range(100):
        baskets = [{name for name in "abcdefgh" if made.random() < 0.25} for _ in range(400)]
        sure += any(each.is_sure for each in pairs((each, each) for each in baskets))

    assert sure <= 8


@pytest.mark.parametrize("is_ordered", [False, True])
def test_a_market_of_two_thousand_products_without_bonds_has_no_findings(is_ordered: bool) -> None:
    made = np.random.default_rng(11)
    popular = 1 / np.arange(1, 2_001) ** 0.8
    baskets: list[set[str]] = [set() for _ in range(100_000)]
    for number, share in enumerate(popular / popular.sum() * 3):
        for place in np.flatnonzero(made.random(100_000) < share).tolist():
            baskets[place].add(str(number))
    after = baskets[1:] if is_ordered else baskets

    found = pairs(zip(baskets, after, strict=False), is_ordered=is_ordered)

    assert len(found) > 5_000
    assert sum(each.is_sure for each in found) <= 3
    assert sum(each.high < 1 for each in found) <= 3


def test_all_pairs_that_could_have_been_are_corrected_for() -> None:
    bound = [({"a", "b"}, {"a", "b"})] * 5 + [({"a"}, {"a"})] * 5 + [({"b"}, {"b"})] * 5
    few, many = ([({f"n{each % number}"},) * 2 for each in range(60)] for number in (1, 60))

    (alone,) = pairs(bound + few)
    (among,) = pairs(bound + many)

    assert alone.lift == among.lift
    assert stats.poisson.sf(4, 100 / 75 * alone.low) == pytest.approx(0.05 / 3 / 2)
    assert stats.poisson.sf(4, 100 / 75 * among.low) == pytest.approx(0.05 / (62 * 61 / 2) / 2)


def test_the_surest_pairs_of_what_is_met_oftenest_are_those_of_counting_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = random.Random(8)
    baskets = [{name for name in "abcdefghij" if made.random() < 0.3} for _ in range(300)]
    both = {
        (one, other): sum(one in each and other in each for each in baskets)
        for one in "abcdefghij"
        for other in "abcdefghij"
        if one < other
    }

    found = pairs((each, each) for each in baskets)
    first = pairs(((each, each) for each in baskets), most=4)
    monkeypatch.setattr("zoco.stats.kinds.together.THINGS_MOST", 3)
    among = pairs((each, each) for each in baskets)

    assert {(each.one, each.other): each.both for each in found} == both
    assert first == found[:4]
    oftenest = sorted("abcdefghij", key=lambda name: (-sum(name in each for each in baskets), name))[:3]
    assert among == [each for each in found if {each.one, each.other} <= set(oftenest)]


def test_a_real_bond_is_found() -> None:
    made = random.Random(4)
    baskets = [{name for name in "abcd" if made.random() < 0.2} for _ in range(600)]
    baskets = [each | {"b"} if "a" in each and made.random() < 0.5 else each for each in baskets]

    found: list[Pair] = pairs((each, each) for each in baskets)

    assert [(each.one, each.other) for each in found if each.is_sure] == [("a", "b")]
