"""Bounds by shifts and plans, against each p-value asked for by itself."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.planning import EFFECTS, planned
from zoco.stats.incrementality.shifts import Group, group_of, lift

NAMES = ("a", "b", "c", "d")


def panel(periods: int, seed: int = 2, noise: float = 3.0) -> Panel:
    rng = np.random.default_rng(seed)
    common = 100 + 8 * np.sin(np.arange(periods) / 4)[:, None]
    return Panel(NAMES, common * np.array([1.0, 1.3, 0.7, 1.1]) + rng.normal(0, noise, (periods, 4)))


def test_an_effect_that_is_taken_away_leaves_the_mixture_and_nothing_over() -> None:
    donors = panel(20).outcomes[:, 1:] / 100
    actual = donors @ np.array([0.2, 0.5, 0.3])
    actual[15:] *= 1.4

    weights, residuals = Group(actual, donors, NAMES[1:], 100.0, 15).under(0.4)

    assert weights == pytest.approx([0.2, 0.5, 0.3])
    assert np.abs(residuals).max() < 1e-9


@pytest.mark.parametrize("effect", [0.0, 0.25, -0.3])
def test_bounds_end_where_the_first_effect_outwards_is_refused(effect: float) -> None:
    given = panel(40)
    given.outcomes[34:, 0] *= 1 + effect
    group = group_of(given, frozenset({"a"}), 34)

    found = lift(given, frozenset({"a"}), 34)

    assert found.low is not None
    assert found.high is not None
    step = 8 * group.under(found.relative)[1].std() * (1 + found.relative) / 200
    for end, out in ((found.low, -step), (found.high, step)):
        inwards = np.arange(end - out / 2, found.relative, -out)
        assert group.p(end + out / 2) <= 0.1
        assert len(inwards) > 5
        assert min(group.p(each) for each in inwards) > 0.1


def test_what_was_added_has_the_bounds_of_the_effect_on_what_would_have_been() -> None:
    given = panel(40)
    given.outcomes[34:, 0] *= 1.25

    found = lift(given, frozenset({"a"}), 34)

    would = found.path[34:].sum()
    assert found.low is not None
    assert found.high is not None
    assert found.added == pytest.approx(given.outcomes[34:, 0].sum() - would)
    assert found.added_low == pytest.approx(found.low * would)
    assert found.added_high == pytest.approx(found.high * would)
    # 1.6449 standard errors hold 90 of 100 cases of a normal one.
    longer = max(found.relative - found.low, found.high - found.relative)
    assert found.error == pytest.approx(longer * would / 1.6448536, rel=1e-6)


def one_by_one(given: Panel, units: tuple[str, ...], length: int) -> list[list[bool]]:
    """Return of each window whether no effect, and each of EFFECTS, is found."""
    found = []
    for end in range(20, len(given.outcomes) + 1):
        past = Panel(given.units, given.outcomes[:end].copy())
        try:
            group = group_of(past, frozenset(units), end - length)
        except BadPanel:
            continue
        tried = []
        for effect in (0.0, *EFFECTS):
            changed = np.array([*group.actual[: end - length], *group.actual[end - length :] * (1 + effect)])
            tried.append(replace(group, actual=changed).p(0.0) <= 0.1)
        found.append(tried)
    return found


def test_a_plan_says_what_each_window_finds_and_puts_the_least_effect_first() -> None:
    given = panel(24)

    plan = planned(given, 2)

    whole = given.outcomes.sum()
    groups = {
        units: sum(given.outcomes[:, NAMES.index(unit)].sum() for unit in units) / whole
        for size in (1, 2)
        for units in combinations(NAMES, size)
    }
    ranked = []
    for units, share in groups.items():
        if share > 0.5:
            continue
        windows = np.array(one_by_one(given, units, 2), dtype=float)
        power = windows.mean(axis=0)
        least = None
        for effect, each in reversed(list(zip(EFFECTS, power[1:], strict=True))):
            if each < 0.8:
                break
            least = effect
        ranked.append((power[0] > 0.15, least or 1.0, share, units, tuple(power[1:]), least))
    ranked.sort(key=lambda each: each[:4])
    assert [each.units for each in plan] == [each[3] for each in ranked]
    assert len({each.detectable for each in plan}) > 1
    for got, (_is_false, _rank, share, _units, power, least) in zip(plan, ranked, strict=True):
        assert (got.windows, got.detectable) == (5, least)
        assert got.power == pytest.approx(power)
        assert got.share == pytest.approx(share)


@pytest.mark.parametrize(("silent", "windows"), [(19, 3), (20, None)])
def test_a_group_that_most_windows_cannot_test_is_none(silent: int, windows: int | None) -> None:
    given = panel(24)
    given.outcomes[:silent, 0] = 0

    plan = {each.units: each for each in planned(given, 2)}

    found = plan.get(("a",))
    assert (found and found.windows) == windows
    assert plan[("b",)].windows == 5


@pytest.mark.parametrize(("units", "periods", "length"), [(3, 20, 5), (4, 19, 4), (4, 20, 6)])
def test_a_plan_wants_four_units_and_twenty_periods_and_four_tests(
    units: int, periods: int, length: int
) -> None:
    given = panel(periods)

    with pytest.raises(BadPanel):
        planned(Panel(NAMES[:units], given.outcomes[:, :units]), length)
    assert planned(panel(20), 5)


def test_no_group_has_more_than_the_share_that_is_allowed_and_one_may_have_just_that() -> None:
    even = np.tile(np.array([[80.0, 120.0, 80.0, 120.0], [120.0, 80.0, 120.0, 80.0]]), (10, 1))
    even[::3] += 8
    given = Panel(NAMES, even)

    halves = {each.units for each in planned(given, 2, share_most=0.5)}
    singles = {each.units for each in planned(given, 2, share_most=0.49)}

    assert {len(units) for units in halves} == {1, 2}
    assert {len(units) for units in singles} == {1}
