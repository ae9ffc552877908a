"""Adstock and saturation against figures worked out by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from zoco.stats.mix import BadModel, Model, Season
from zoco.stats.mix.priors import ChannelPrior, LogNormal
from zoco.stats.mix.shapes import adstock, hill, logistic


def test_adstock_without_end_carries_a_half_of_a_half() -> None:
    found = adstock(np.array([8.0, 0.0, 0.0, 4.0]), np.array(0.5))

    assert found.tolist() == [4.0, 2.0, 1.0, 2.5]


def test_adstock_of_two_periods_weighs_two_thirds_and_one_third() -> None:
    found = adstock(np.array([9.0, 0.0, 0.0, 3.0]), np.array(0.5), lags=2)

    assert found == pytest.approx([6.0, 3.0, 0.0, 2.0], abs=1e-14)


def test_adstock_is_the_convolution_with_its_weights_for_each_retention() -> None:
    random = np.random.default_rng(1)
    spend, retention = random.random((3, 40)), np.array([0.1, 0.6, 0.95])

    for lags in (1, 5, 39, 100):
        found = adstock(spend, retention, lags)

        for row, each, factor in zip(found, spend, retention, strict=True):
            weights = factor ** np.arange(lags)
            assert row == pytest.approx(np.convolve(each, weights / weights.sum())[:40], abs=1e-13)


def test_spending_that_never_changes_arrives_as_it_is() -> None:
    assert adstock(np.full(400, 7.0), np.array(0.8))[-1] == pytest.approx(7.0, rel=1e-12)
    assert adstock(np.full(400, 7.0), np.array(0.8), lags=6)[-1] == pytest.approx(7.0, rel=1e-12)


def test_without_retention_nothing_is_carried() -> None:
    assert adstock(np.array([1.0, 0.0, 3.0]), np.array(0.0)).tolist() == [1.0, 0.0, 3.0]


def test_hill_is_nothing_at_nothing_and_a_half_at_its_half() -> None:
    found = hill(np.array([0.0, 1.0, 2.0, 6.0]), np.array(2.0), np.array(2.0))

    assert found == pytest.approx([0.0, 0.2, 0.5, 0.9], abs=1e-14)


def test_logistic_is_nothing_at_nothing_and_a_half_at_the_logarithm_of_three() -> None:
    found = logistic(np.array([0.0, np.log(3.0), 1e9]), np.array(1.0))

    assert found == pytest.approx([0.0, 0.5, 1.0], abs=1e-14)


def test_places_at_zero_are_the_prior_medians() -> None:
    model = Model()

    assert model.shaped("any", np.zeros((1, 3))).tolist() == [[0.5, 1.0, 1.0]]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: LogNormal(0.0, 1.0),
        lambda: LogNormal(1.0, 0.0),
        lambda: ChannelPrior(effect=0.0),
        lambda: ChannelPrior(retention=(0.0, 1.0)),
        lambda: Season(4.0, 2),
        lambda: Model(bends=-1),
        lambda: Model(lags=0),
    ],
)
def test_a_model_that_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(BadModel):
        wrong()
