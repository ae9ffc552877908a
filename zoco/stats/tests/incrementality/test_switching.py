"""Switching in time against Fisher's published test of pairs, simulated worlds, and what a plan promises."""

from itertools import product

import numpy as np
import pytest

from zoco.stats.incrementality import BadPanel, switching
from zoco.stats.incrementality.panels import Floats
from zoco.stats.incrementality.planning import EFFECTS, WINDOWS
from zoco.stats.incrementality.switching import SCHEDULES, Blocks, _p, measured, schedule, switch_planned

# Darwin's differences of crossed and self-fertilised maize, in eighths of an inch (Fisher 1935, table 3).
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], dtype=np.float64)


def test_pairs_are_tested_as_fisher_published_it() -> None:
    sums = np.column_stack([DARWIN, np.zeros(15)])

    found = measured(sums, np.zeros(15, dtype=bool))

    # Of 32,768 ways 863 sum up to 314 or more, and as many to -314 or less (section 21).
    assert (found.added, found.p) == (314, 2 * 863 / 2**15)
    on = measured(np.column_stack([np.full(15, 10.0), DARWIN + 10]), np.ones(15, dtype=bool))
    assert (on.added, on.share) == (314, 314 / (314 + 150))
    assert found.low > 0  # 90 % bounds agree with p below 0.1
    assert measured(sums, np.zeros(15, dtype=bool), confidence=0.95).low < 0
    turned = np.arange(15) % 2 == 0
    assert measured(np.where(turned[:, None], sums[:, ::-1], sums), turned) == found


def test_bounds_are_those_of_all_flips_one_by_one() -> None:
    each = DARWIN[:6]
    found = measured(np.column_stack([each, np.zeros(6)]), np.zeros(6, dtype=bool))

    def upper(effect: float) -> float:
        left = each - effect
        sums = [
            sum(s * one for s, one in zip(signs, left, strict=True)) for signs in product((1, -1), repeat=6)
        ]
        return float(sum(total >= sum(left) - 1e-9 for total in sums)) / len(sums)

    assert upper(found.low / 6 - 0.01) <= 0.05 < upper(found.low / 6 + 0.01)


def test_all_ways_to_flip_are_counted_also_of_many_pairs() -> None:
    random = np.random.default_rng(6)
    each = np.rint(random.normal(6, 20, 18))
    signs = 1 - 2 * (np.arange(2**18)[:, None] >> np.arange(18) & 1)
    sums = signs @ each

    found = measured(np.column_stack([each, np.zeros(18)]), np.zeros(18, dtype=bool))

    assert found.p == (np.abs(sums) >= abs(sums[0])).mean()
    low, high = found.low / 18, found.high / 18
    for effect, is_refused in ((low - 0.01, True), (low + 0.01, False)):
        left = signs @ (each - effect)
        assert ((left >= left[0] - 1e-9).mean() <= 0.05) is np.bool_(is_refused)
    for effect, is_refused in ((high + 0.01, True), (high - 0.01, False)):
        left = signs @ (each - effect)
        assert ((left <= left[0] + 1e-9).mean() <= 0.05) is np.bool_(is_refused)
    # Where every one of 26 points one way, two of 2^26 ways do.
    most = measured(np.column_stack([np.ones(26), np.zeros(26)]), np.zeros(26, dtype=bool))
    assert most.p == 2 / 2**26


def test_bounds_hold_and_nothing_is_found_where_nothing_is() -> None:
    random, blocks = np.random.default_rng(5), Blocks(10, 1)
    held = alarms = 0
    for number in range(200):
        days = np.cumsum(random.normal(0, 3, blocks.days)) + random.normal(400, 15, blocks.days)
        off, sums = schedule(10, number), blocks.sums(days)
        alarms += measured(sums, off).p <= 0.1
        sums[np.arange(10), np.where(off, 0, 1)] -= 100
        found = measured(sums, off)
        held += found.low <= 1000 <= found.high

    assert held / 200 == pytest.approx(0.9, abs=0.05)
    assert alarms / 200 == pytest.approx(0.1, abs=0.05)


def test_a_plan_promises_the_power_that_new_worlds_show() -> None:
    random, blocks, effect = np.random.default_rng(8), Blocks(8, 1, 2), EFFECTS[5]
    plan = switch_planned(random.normal(100, 25, 7 * 104), blocks)
    seen = 0
    for number in range(400):
        sums, off = blocks.sums(random.normal(100, 25, blocks.days)), schedule(8, number)
        sums[np.arange(8), np.where(off, 0, 1)] *= 1 - effect
        seen += measured(sums, off).p <= 0.1

    assert plan.power[5] == pytest.approx(seen / 400, abs=0.1)
    assert plan.detectable in EFFECTS
    assert plan.false == pytest.approx(0.1, abs=0.06)
    # What leans the other way by chance is found less often with a small effect.
    assert np.diff(plan.power).min() >= -0.01


@pytest.mark.parametrize(("pairs", "is_rough"), [(14, False), (26, True)])
def test_a_plan_of_many_pairs_has_the_power_of_all_flips_without_counting_them(
    pairs: int, is_rough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []

    def counting(each: Floats) -> float:
        counted.append(len(each))
        return _p(each)

    monkeypatch.setattr(switching, "_p", counting)
    random, blocks = np.random.default_rng(4), Blocks(pairs, 1)
    days = random.pareto(1.5, 7 * 70) if is_rough else random.normal(100, 25, 7 * 70)
    tests = 11 * SCHEDULES * min(WINDOWS, 71 - 2 * pairs)

    plan = switch_planned(days, blocks)
    assert len(counted) < tests / 10
    assert switch_planned(days, blocks) == plan

    monkeypatch.setattr(switching, "COUNTED_MOST", 26)
    counted.clear()
    whole = switch_planned(days, blocks)
    assert len(counted) == tests
    assert (*plan.power, plan.false) == pytest.approx((*whole.power, whole.false), abs=0.01)


def test_a_sample_of_flips_is_the_first_bits_of_sha256_for_ever() -> None:
    # As `printf 'flip 1' | sha256sum` begins, and so on.
    flips = switching._flips(16)

    said = ["".join("1" if each < 0 else "0" for each in flips[:, way]) for way in (0, 6)]
    assert [f"{int(each, 2):04x}" for each in said] == ["5975", "9b5e"]
    assert flips.mean() == pytest.approx(0, abs=0.02)


def test_days_at_the_start_of_a_block_are_left_out() -> None:
    days = np.tile(np.array([90.0, 90, 1, 1, 1, 1, 1]), 10)

    assert Blocks(5, 1, 2).sums(days).tolist() == [[5, 5]] * 5
    assert Blocks(5, 1).sums(days).tolist() == [[185, 185]] * 5
    longest = Blocks(26, 2, 13)  # of two weeks one day is left
    assert longest.sums(np.ones(longest.days)).tolist() == [[1, 1]] * 26


@pytest.mark.parametrize(("pairs", "left_out"), [(4, 0), (27, 0), (5, 7), (5, -1)])
def test_what_could_tell_nothing_is_refused(pairs: int, left_out: int) -> None:
    with pytest.raises(BadPanel):
        Blocks(pairs, 1, left_out)


def test_a_past_that_is_no_longer_than_the_test_is_refused() -> None:
    with pytest.raises(BadPanel, match="7 weeks longer"):
        switch_planned(np.ones(7 * 16), Blocks(5, 1))


@pytest.mark.parametrize(("pairs", "draw", "digits"), [(6, 7, "178d68"), (12, 20261207, "0376e29ce038")])
def test_a_schedule_is_the_first_digits_of_sha256_for_ever(pairs: int, draw: int, digits: str) -> None:
    # As `printf '7 6 1' | sha256sum` begins, and so on: calendars are kept nowhere but in their draw.
    assert schedule(pairs, draw).tolist() == [int(each, 16) >= 8 for each in digits]
    assert schedule(5, 228).tolist() == [True, False, True, False, False]  # ae, 5b, 80, 4b, 7f


def test_a_schedule_is_the_same_for_a_draw_and_fair_over_draws() -> None:
    assert schedule(12, 7).tolist() == schedule(12, 7).tolist()
    assert np.mean([schedule(12, draw) for draw in range(500)]) == pytest.approx(0.5, abs=0.03)
