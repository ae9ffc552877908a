"""Pairs, by hand and by simulation."""

import random

import pytest

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
    # 1.5 exp(-+1.959964 sqrt(1/6 - 1/10 - 1/8 + 12/80 - 1/20))
    assert found.low == pytest.approx(1.00540, abs=1e-5)
    assert found.high == pytest.approx(2.23791, abs=1e-5)
    assert found.is_sure


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


def test_a_real_bond_is_found() -> None:
    made = random.Random(4)
    baskets = [{name for name in "abcd" if made.random() < 0.2} for _ in range(600)]
    baskets = [each | {"b"} if "a" in each and made.random() < 0.5 else each for each in baskets]

    found: list[Pair] = pairs((each, each) for each in baskets)

    assert [(each.one, each.other) for each in found if each.is_sure] == [("a", "b")]
