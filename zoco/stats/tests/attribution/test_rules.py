"""Rules against figures worked out by hand."""

import pytest

from zoco.stats.attribution import (
    Credit,
    First,
    Last,
    LastNonDirect,
    Linear,
    Measure,
    Model,
    Paths,
    Position,
    Shapley,
    TimeDecay,
    attribute,
)
from zoco.stats.attribution.credits import Enough
from zoco.stats.tests.attribution.walks import paths_of

ALL = Enough(0, 0)


def units(paths: Paths, model: Model, measure: Measure = Measure.REVENUE) -> dict[str, int]:
    found = attribute(paths, model, measure=measure, enough=ALL, replicates=0)
    return {line.label: line.credit.units for line in found.lines if isinstance(line.credit, Credit)}


# One hundred of money, on five touches: a, b, c, b, d.
ONE = paths_of([("ABCBD", 100), ("ABBB", -1)])


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (First(), [100, 0, 0, 0]),
        (Last(), [0, 0, 0, 100]),
        (LastNonDirect("D"), [0, 100, 0, 0]),
        (LastNonDirect("A"), [0, 0, 0, 100]),
        (Linear(), [20, 40, 20, 20]),
        (Position(), [40, 20 * 2 / 3, 20 / 3, 40]),
        (Position(0.5, 0.2), [50, 20, 10, 20]),
        # Half a life of a day: the touches are worth 1/16, 1/8, 1/4, 1/2 and 1 of the last.
        (TimeDecay(86_400), [100 / 31, 1000 / 31, 400 / 31, 1600 / 31]),
        (Shapley(), [25, 25, 25, 25]),
    ],
)
def test_a_conversion_is_shared_out_by_the_rule(model: Model, expected: list[float]) -> None:
    found = units(ONE, model)

    assert list(found) == ["A", "B", "C", "D"]
    assert list(found.values()) == pytest.approx([each * 10_000 for each in expected], abs=1)
    assert sum(found.values()) == 1_000_000


def test_of_two_touches_the_ends_keep_their_parts_and_one_gets_all() -> None:
    assert units(paths_of([("AB", 100)]), Position()) == {"A": 500_000, "B": 500_000}
    assert units(paths_of([("AB", 100)]), Position(0.6, 0.2)) == {"A": 750_000, "B": 250_000}
    assert units(paths_of([("A", 100)]), Position()) == {"A": 1_000_000}


def test_direct_alone_is_credited_where_there_was_nothing_else() -> None:
    paths = paths_of([("AD", 10), ("DD", 20), ("DAD", 40)])

    assert units(paths, LastNonDirect("D")) == {"A": 500_000, "D": 200_000}
    assert units(paths, LastNonDirect("not there")) == units(paths, Last()) == {"A": 0, "D": 700_000}


def test_half_lives_are_of_days_and_old_touches_are_no_division_by_zero() -> None:
    weekly = paths_of([("AB", 3)], days_before=[[8, 1]])
    ancient = paths_of([("AB", 3)], days_before=[[900, 899]])

    assert units(weekly, TimeDecay()) == {"A": 10_000, "B": 20_000}
    assert units(ancient, TimeDecay(60)) == {"A": 0, "B": 30_000}


def test_equal_paths_count_as_often_as_they_are_there() -> None:
    rows = paths_of([("AB", 10), ("AB", 10), ("AB", 10), ("B", -1)])
    counted = paths_of([("AB", 10), ("B", -1)], counts=[3, 1])

    for model in (First(), Linear(), TimeDecay(), Shapley()):
        assert units(rows, model) == units(counted, model)
    assert units(counted, First(), Measure.CONVERSIONS) == {"A": 30_000, "B": 0}


@pytest.mark.parametrize("shares", [(0.0, 0.0), (-0.1, 0.5), (0.7, 0.4)])
def test_shares_of_ends_that_are_none_are_refused(shares: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="shares of the ends"):
        Position(*shares)


def test_a_half_life_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="half-life"):
        TimeDecay(0)
