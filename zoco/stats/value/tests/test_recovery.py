"""Customers whose parameters are known: the fits find them, and intervals hold as often as they say."""

from dataclasses import astuple

import numpy as np
import pytest

from zoco.stats.value.buying import Buying
from zoco.stats.value.fitting import fit
from zoco.stats.value.geometric import BgNbd, MbgNbd
from zoco.stats.value.holdout import bought_after, held_out
from zoco.stats.value.intervals import totals
from zoco.stats.value.pareto import ParetoNbd
from zoco.stats.value.tests import stories

SEEDS, CUSTOMERS, UNTIL, AFTER = 24, 1_000, 50.0, 26.0
MODELS = [BgNbd(0.8, 5.0, 0.7, 2.2), MbgNbd(0.8, 5.0, 0.7, 2.2), ParetoNbd(0.9, 6.0, 0.8, 12.0)]


def story_of(model: Buying) -> stories.Story:
    if isinstance(model, ParetoNbd):
        return stories.pareto(model.r, model.alpha, model.s, model.beta)
    assert isinstance(model, BgNbd)
    return stories.geometric(model.r, model.alpha, model.a, model.b, isinstance(model, MbgNbd))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_ninety_per_cent_of_the_intervals_hold_the_truth(model: Buying) -> None:
    truth = np.array(astuple(model))  # type: ignore[call-overload]
    held = []
    for seed in range(SEEDS):
        log = stories.told(story_of(model), CUSTOMERS, UNTIL, seed)
        found = fit(type(model), stories.known(log, UNTIL).histories)
        low, high = found.bounds(0.9)

        assert found.is_converged
        held.append((low <= truth) & (truth <= high))

    # Of 96 intervals, which are four of one fit each.
    assert 0.82 <= np.mean(held) <= 0.97


def test_what_all_buy_is_within_its_predictive_interval_as_often_as_it_says() -> None:
    model = BgNbd(0.8, 5.0, 0.7, 2.2)
    held, narrow = [], []
    for seed in range(20):
        log = stories.told(story_of(model), 400, UNTIL + AFTER, seed)
        before, whole = stories.known(log, UNTIL), stories.known(log, UNTIL + AFTER)
        real = float(bought_after(before, whole).sum())

        told = totals(fit(BgNbd, before.histories), before.histories, AFTER, draws=50, seed=seed)[-1]

        held.append(told.least <= real <= told.most)
        narrow.append(told.low <= real <= told.high)

    assert 0.8 <= np.mean(held) <= 1.0
    assert np.mean(narrow) < np.mean(held)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_conditional_expectations_are_what_such_customers_do(model: Buying) -> None:
    log = stories.told(story_of(model), 30_000, UNTIL + AFTER, 99)
    before, whole = stories.known(log, UNTIL), stories.known(log, UNTIL + AFTER)

    after = bought_after(before, whole)
    surplus = after - model.expected(before.histories, AFTER)

    # Each group's surplus over its standard error; nothing is fitted, so they are normal.
    purchases = np.minimum(before.histories.purchases, 7)
    groups = [surplus[purchases == number] for number in range(8)]
    scores = [each.mean() / (each.std() / np.sqrt(len(each))) for each in groups]
    assert max(np.abs(scores)) < 3
    assert float(np.square(scores).sum()) < 20.1  # the 99% quantile of chi-squared with 8 degrees
    assert held_out(model, before.histories, after, AFTER).customers.sum() == 30_000


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_what_is_drawn_is_what_is_expected(model: Buying) -> None:
    rows = stories.known(stories.told(story_of(model), 400, UNTIL, 98), UNTIL).histories
    random = np.random.default_rng(97)

    drawn = [model.drawn(rows, AFTER, random) for _ in range(400)]

    counts = np.mean([np.bincount(each.customer, minlength=len(rows)) for each in drawn], axis=0)
    expected = model.expected(rows, AFTER)
    assert counts.sum() == pytest.approx(expected.sum(), rel=0.01)
    assert np.corrcoef(counts, expected)[0, 1] > 0.995
    worth = np.mean([np.exp(-0.05 * each.at).sum() for each in drawn])
    assert worth == pytest.approx(model.discounted(rows, 0.05, AFTER).sum(), rel=0.01)
