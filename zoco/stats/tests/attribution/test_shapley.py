"""Shapley values against all orders in which channels could come."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoco.stats.attribution import Credit, Measure, Model, Paths, Shapley, attribute
from zoco.stats.attribution.credits import Enough
from zoco.stats.attribution.shapley import ShapleyRates, TooManyChannels, shapley_values, subset_sums
from zoco.stats.tests.attribution.walks import paths_of

Rows = list[tuple[str, int]]
walks = st.lists(
    st.tuples(st.text("ABCD", min_size=1, max_size=5), st.integers(-1, 5)), min_size=1, max_size=12
)


def credits(paths: Paths, model: Model, measure: Measure = Measure.REVENUE) -> dict[str, Credit]:
    found = attribute(paths, model, measure=measure, enough=Enough(0, 0), replicates=0)
    return {line.label: line.credit for line in found.lines if isinstance(line.credit, Credit)}


def gained(rows: Rows, within: set[str]) -> float:
    return sum(max(value, 0) for walk, value in rows if set(walk) <= within)


def rate(rows: Rows, within: set[str]) -> float:
    paths = sum(set(walk) <= within for walk, _value in rows)
    return gained(rows, within) / paths if paths else 0.0


def by_all_orders(rows: Rows, is_rate: bool) -> dict[str, float]:
    channels = sorted({each for walk, _value in rows for each in walk})
    found = dict.fromkeys(channels, 0.0)
    orders = list(permutations(channels))
    worth = rate if is_rate else gained
    for order in orders:
        for at, channel in enumerate(order):
            before, after = set(order[:at]), set(order[: at + 1])
            found[channel] += (worth(rows, after) - worth(rows, before)) / len(orders)
    return found


@given(walks)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_values_are_those_of_all_orders(rows: Rows) -> None:
    found = {label: each.worth / 10_000 for label, each in credits(paths_of(rows), Shapley()).items()}

    assert found == pytest.approx(by_all_orders(rows, is_rate=False), abs=1e-9)


@given(walks)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_values_of_rates_are_those_of_all_orders(rows: Rows) -> None:
    found = credits(paths_of(rows), ShapleyRates())

    expected = by_all_orders(rows, is_rate=True)
    worths = {label: each.worth / 10_000 / len(rows) for label, each in found.items()}
    assert worths == pytest.approx(expected, abs=1e-9)
    assert all(each.units >= 0 for each in found.values())


def test_what_lowers_the_rate_has_a_negative_worth_and_no_credit() -> None:
    found = credits(paths_of([("A", 1), ("AB", -1), ("B", -1)]), ShapleyRates(), Measure.CONVERSIONS)

    # v(A) = 1, v(B) = 0, v(AB) = 1/3: A (1 + 1/3) / 2 and B (0 - 2/3) / 2, of three paths.
    assert [each.worth for each in found.values()] == pytest.approx([20_000, -10_000])
    assert [each.units for each in found.values()] == [10_000, 0]


def test_a_published_calculator_agrees() -> None:
    # The example of the data-driven attribution calculator at calcbee.com: A 2.25 and B 1.75 of a lift of 4 %
    # with a synergy of 0.5, so alone 2.0 and 1.5 above the baseline.
    found = shapley_values(np.array([[0.0, 2.0, 1.5, 4.0]]))

    assert found[0] == pytest.approx([2.25, 1.75])


def test_the_glove_game_is_as_shapley_has_it() -> None:
    # One left glove (player 0) and two right ones: a pair is worth 1; values 2/3, 1/6, 1/6.
    pairs = [float(bool(s & 1) and bool(s & 6)) for s in range(8)]

    assert shapley_values(np.array([pairs]))[0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_sums_over_subsets_are_counted() -> None:
    amounts = np.arange(1.0, 17)[None, :]

    expected = [sum(each + 1 for each in range(16) if each & of == each) for of in range(16)]
    assert subset_sums(amounts)[0].tolist() == expected
    assert amounts[0, 15] == 16


def test_fifteen_channels_are_exact_and_sixteen_are_refused() -> None:
    letters = "ABCDEFGHIJKLMNOP"
    rows = [(letters[at : at + 3], at % 4 - 1) for at in range(13)]

    found = credits(paths_of(rows), ShapleyRates())

    whole = sum(max(value, 0) for _walk, value in rows)
    assert sum(each.worth for each in found.values()) == pytest.approx(whole * 10_000)
    with pytest.raises(TooManyChannels, match="16 channels"):
        credits(paths_of([*rows, ("P", 1)]), ShapleyRates())
    assert credits(paths_of([*rows, ("P", 1)]), Shapley())["P"].units == 10_000
