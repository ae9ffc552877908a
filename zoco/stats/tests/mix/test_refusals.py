"""What cannot be told is refused with a sentence, and no figure."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from zoco.stats.mix import BadExperiment, BadSeries, Collinear, Experiment, Series, TooLittle, fit
from zoco.stats.tests.mix.worlds import world

GOOD = world(1, periods=110, channels=2).series


def changed(column: int, rows: slice, value: float) -> np.ndarray:
    """Return the spending with another number in some rows."""
    spend = GOOD.spend.copy()
    spend[rows, column] = value
    return spend


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"spend": GOOD.spend[:, :1]}, "a column a channel"),
        ({"outcome": GOOD.outcome[1:]}, "one outcome for each period"),
        ({"run_in": -1}, "a run-in no longer"),
        ({"channels": ("search", "search")}, "a name of its own"),
        ({"controls": np.ones((110, 2))}, "Controls have a row a period"),
        ({"controls": np.full((110, 1), np.inf)}, "Controls have a number"),
        ({"holidays": np.full((110, 1), 2.0), "holiday_names": ("Easter",)}, "0, 1 or a share"),
        ({"spend": changed(0, slice(3, 4), np.nan)}, "search: there is no number"),
        ({"spend": changed(1, slice(3, 4), -1.0)}, "social: a number is below 0"),
        ({"outcome": -GOOD.outcome}, "The outcome: a number is below 0"),
    ],
)
def test_numbers_that_are_none_make_no_series(other: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadSeries, match=sentence):
        replace(GOOD, **other)


@pytest.mark.parametrize(
    ("other", "error", "sentence"),
    [
        ({"run_in": 20}, TooLittle, "There are 90 periods; this model has 16 parameters and needs 105"),
        (
            {"outcome": np.full(110, 5.0)},
            BadSeries,
            "same in every period, so nothing can be said to move it",
        ),
        ({"spend": changed(0, slice(None), 0.0)}, TooLittle, "search: nothing was ever spent"),
        ({"spend": changed(0, slice(None), 9.0)}, BadSeries, "search: the same was spent in every period"),
        ({"spend": changed(0, slice(10, None), 0.0)}, TooLittle, "search: money was spent in 6 periods"),
        ({"controls": np.ones((110, 1))}, BadSeries, "price: it is the same in every period"),
    ],
)
def test_a_series_that_tells_nothing_is_refused(
    other: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    series = replace(GOOD, **other)

    with pytest.raises(error, match=sentence):
        fit(series)


def test_channels_that_moved_together_are_named() -> None:
    random = np.random.default_rng(1)
    spend = GOOD.spend.copy()
    spend[:, 1] = spend[:, 0] * (2 + 0.1 * random.random(110))

    with pytest.raises(Collinear, match="search, social moved so much alike") as caught:
        fit(replace(GOOD, spend=spend))

    assert caught.value.columns == ("search", "social")


def test_a_channel_that_followed_a_control_is_refused() -> None:
    with pytest.raises(Collinear) as caught:
        fit(replace(GOOD, controls=GOOD.spend[:, 1:] * 3 + 1))

    assert caught.value.columns == ("social", "price")


def test_a_channel_that_is_the_sum_of_others_is_refused() -> None:
    three = world(1, periods=110, channels=3).series
    spend = three.spend.copy()
    spend[:, 2] = spend[:, 0] + spend[:, 1]

    with pytest.raises(Collinear):
        fit(replace(three, spend=spend))


@pytest.mark.parametrize(
    ("experiment", "sentence"),
    [
        (Experiment("radio", 0, 4, 100.0, 1.0, 1.0), "no channel radio"),
        (Experiment("search", 4, 4, 100.0, 1.0, 1.0), "begins before it ends"),
        (Experiment("search", 0, 4, 100.0, 1.0, 1.0, measured=3), "begins before it ends"),
        (Experiment("search", 0, 111, 100.0, 1.0, 1.0), "within the series"),
        (Experiment("search", 0, 4, 100.0, np.nan, 1.0), "are numbers"),
        (Experiment("search", 0, 4, 100.0, 1.0, 0.0), "the error is above 0"),
        (Experiment("search", 0, 4, 0.0, 1.0, 1.0), "changes spending"),
        (Experiment("search", 0, 4, -1e9, 1.0, 1.0), "takes away at most"),
    ],
)
def test_an_experiment_that_is_of_no_part_of_the_series_is_refused(
    experiment: Experiment, sentence: str
) -> None:
    with pytest.raises(BadExperiment, match=sentence):
        fit(GOOD, experiments=[experiment])


def test_an_experiment_spreads_its_change_as_the_money_was() -> None:
    column = np.array([0.0, 0.0, 30.0, 10.0, 5.0])

    assert Experiment("a", 2, 4, -40.0, 1.0, 1.0).spent(column).tolist() == [0.0, 0.0, 0.0, 0.0, 5.0]
    assert Experiment("a", 2, 4, 20.0, 1.0, 1.0).spent(column).tolist() == [0.0, 0.0, 45.0, 15.0, 5.0]
    assert Experiment("a", 0, 2, 20.0, 1.0, 1.0).spent(column).tolist() == [10.0, 10.0, 30.0, 10.0, 5.0]


def test_an_unknown_channel_has_no_place() -> None:
    series = Series(("a",), np.ones((3, 1)), np.ones(3))

    with pytest.raises(BadSeries, match="no channel b"):
        series.place("b")
