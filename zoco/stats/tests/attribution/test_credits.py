"""What holds for every model: credits add up, none is negative, names and order of rows change nothing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoco.stats.attribution import Attribution, Credit, Linear, Markov, Measure, Model, Paths, attribute
from zoco.stats.attribution.credits import Enough, Lack, TooLittle
from zoco.stats.attribution.paths import paths_taken
from zoco.stats.tests.attribution.walks import models, paths_of

ALL = Enough(0, 0)
MODELS = [*models(direct="A", half_life_seconds=100_000), Markov(2, repeats=False)]
walks = st.lists(st.tuples(st.text("ABCDE", max_size=7), st.integers(-1, 9)), min_size=1, max_size=15)
measures = st.sampled_from(list(Measure))


def credits(paths: Paths, model: Model, measure: Measure) -> Attribution:
    return attribute(paths, model, measure=measure, enough=ALL, replicates=0)


def units(found: Attribution) -> dict[str, int]:
    return {line.label: line.credit.units for line in found.lines if isinstance(line.credit, Credit)}


@pytest.mark.parametrize("model", MODELS)
@given(walks, measures, st.integers(0, 10**6))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_credits_add_up_and_none_is_negative(
    model: Model, rows: list[tuple[str, int]], measure: Measure, refund: int
) -> None:
    paths = paths_of(rows)
    values = paths.values.copy()
    values[np.nonzero(paths.is_converted)[0][:1]] -= refund
    less = replace(paths, values=values)

    found = credits(less, model, measure)

    given_units = units(found)
    assert found.total == less.total(measure)
    assert sum(given_units.values()) + found.undivided + found.unassigned == found.total
    assert all(each >= 0 for each in given_units.values())
    assert 0 <= found.undivided <= max(len(given_units) - 1, 0)


@pytest.mark.parametrize("model", MODELS)
@given(walks, measures, st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_names_and_order_of_rows_change_nothing(
    model: Model, rows: list[tuple[str, int]], measure: Measure, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    paths = paths_of(rows, labels="ABCDE")
    codes = rng.permutation(5)
    renamed = replace(
        paths, channels=codes[paths.channels], labels=tuple("ABCDE"[each] for each in np.argsort(codes))
    )

    found = credits(paths, model, measure)
    again = credits(paths_taken(renamed, rng.permutation(len(rows))), model, measure)

    assert units(again) == units(found)
    assert (again.undivided, again.unassigned) == (found.undivided, found.unassigned)


def test_channels_that_nothing_tells_apart_leave_a_unit_undivided_and_cents_go_by_the_alphabet() -> None:
    found = credits(paths_of([("CAB", 10)]), Linear(), Measure.REVENUE)

    assert units(found) == {"A": 33_333, "B": 33_333, "C": 33_333}
    assert found.undivided == 1
    assert found.in_steps(100) == (33_400, 33_300, 33_300)


def test_credits_in_cents_are_the_total_in_cents() -> None:
    rng = np.random.default_rng(3)
    rows = [
        ("".join(rng.choice(list("ABCDEFG"), 1 + each % 5)), int(rng.integers(1, 999))) for each in range(80)
    ]

    for model in MODELS:
        found = credits(paths_of(rows), model, Measure.REVENUE)
        assert sum(found.in_steps(100)) == found.total


def test_a_conversion_without_a_touch_is_of_no_channel() -> None:
    found = credits(paths_of([("", 5), ("A", 7), ("", -1)]), Markov(), Measure.REVENUE)

    assert units(found) == {"A": 70_000}
    assert (found.total, found.unassigned) == (120_000, 50_000)


def test_too_few_conversions_give_no_figure_and_say_so() -> None:
    found = attribute(paths_of([("A", 1), ("B", 1), ("B", -1)], counts=[60, 39, 500]), Linear())

    assert [line.credit for line in found.lines] == [TooLittle(Lack.CONVERSIONS, 99, 100)] * 2
    assert (found.total, found.withheld) == (990_000, 990_000)


def test_a_channel_that_few_met_has_no_figure_and_the_others_have() -> None:
    found = attribute(paths_of([("A", 1), ("AB", 1), ("B", -1)], counts=[100, 19, 500]), Linear())

    first, second = found.lines
    assert isinstance(first.credit, Credit)
    assert first.people == 119
    assert second.credit == TooLittle(Lack.CHANNEL, 19, 20)
    assert first.credit.units + found.withheld == found.total == 1_190_000


def test_people_and_not_conversions_are_enough() -> None:
    rows = [("A", 1)] * 120
    one = attribute(paths_of(rows, people=[1] * 120), Linear())

    assert one.lines[0].credit == TooLittle(Lack.CONVERSIONS, 1, 100)
    assert isinstance(attribute(paths_of(rows, people=list(range(120))), Linear()).lines[0].credit, Credit)
