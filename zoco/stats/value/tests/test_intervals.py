"""Intervals of single customers and of sums."""

import numpy as np
import pytest

from zoco.stats.value.fitting import Fitted, fit
from zoco.stats.value.geometric import BgNbd
from zoco.stats.value.histories import Histories, NoHistory, aggregated, histories
from zoco.stats.value.intervals import Worth, bounds, totals
from zoco.stats.value.spend import GammaGamma, spending
from zoco.stats.value.tests import stories


@pytest.fixture(scope="module")
def rows() -> Histories:
    return stories.known(stories.told(stories.geometric(0.8, 5, 0.7, 2.2, False), 1_000, 40, 1), 40).histories


@pytest.fixture(scope="module")
def fitted(rows: Histories) -> Fitted[BgNbd]:
    return fit(BgNbd, rows)


@pytest.fixture(scope="module")
def worth(rows: Histories) -> Worth:
    random = np.random.default_rng(2)
    rates = random.gamma(3.7, 1 / 15, len(rows))
    mean = np.divide(random.gamma(6 * np.maximum(rows.purchases, 1)) / rates, np.maximum(rows.purchases, 1))
    spent = spending(rows.purchases, np.where(rows.purchases > 0, mean, 0.0))
    return Worth(fit(GammaGamma, spent), spent)


def test_a_customer_has_bounds_around_what_is_expected_of_him(fitted: Fitted[BgNbd]) -> None:
    three = histories(np.array([0, 4, 4.0]), np.array([0, 30, 5.0]), np.array([40, 40, 40.0]))

    found = bounds(fitted, lambda model: model.expected(three, 26))

    assert found.expected == pytest.approx(fitted.model.expected(three, 26))
    assert (found.low < found.expected).all()
    assert (found.expected < found.high).all()
    wide = bounds(fitted, lambda model: model.expected(three, 26), confidence=0.99)
    assert (wide.low < found.low).all()


def test_bounds_by_draws_agree_with_the_delta_method(fitted: Fitted[BgNbd]) -> None:
    theta, step = np.log(fitted.values), 1e-5

    def figure(model: BgNbd) -> np.ndarray:
        return np.log(model.fresh(np.array([26.0])))

    slopes = [
        (figure(BgNbd(*np.exp(theta + move))) - figure(BgNbd(*np.exp(theta - move))))[0] / (2 * step)
        for move in step * np.eye(4)
    ]
    error = float(np.sqrt(np.array(slopes) @ fitted.covariance @ np.array(slopes)))

    found = bounds(fitted, figure, draws=2_000)

    assert (found.high - found.low)[0] == pytest.approx(2 * 1.645 * error, rel=0.1)


def test_a_sum_is_that_of_its_customers_and_the_same_again(rows: Histories, fitted: Fitted[BgNbd]) -> None:
    found = totals(fitted, rows, 26, draws=40)[-1]

    assert found.expected == pytest.approx(fitted.model.expected(rows, 26).sum())
    assert found == totals(fitted, rows, 26, draws=40)[-1]
    assert found != totals(fitted, rows, 26, draws=40, seed=2)[-1]
    assert found.low < found.expected < found.high


def test_rows_that_share_customers_say_the_same(rows: Histories, fitted: Fitted[BgNbd]) -> None:
    few = rows.taken(np.flatnonzero(rows.purchases == 0))
    rounded = histories(few.purchases, few.last, np.ceil(few.age))

    apart, together = (
        totals(fitted, rounded, 26, draws=60)[-1],
        totals(fitted, aggregated(rounded), 26, draws=60)[-1],
    )

    assert together.expected == pytest.approx(apart.expected)
    assert (together.low, together.high) == pytest.approx((apart.low, apart.high))
    assert together.most == pytest.approx(apart.most, rel=0.15)


def test_the_process_is_as_wide_as_what_such_customers_really_buy(fitted: Fitted[BgNbd]) -> None:
    model, newcomers = BgNbd(0.8, 5.0, 0.7, 2.2), np.zeros(300)
    sure = Fitted(model, fitted.covariance * 1e-12, 0.0, 0.0, True, 1)
    story, random = stories.geometric(0.8, 5, 0.7, 2.2, False), np.random.default_rng(3)

    found = totals(sure, histories(newcomers, newcomers, newcomers + 1e-9), 26, draws=400)[-1]

    sums = [sum(len(story(random, 26)) for _ in range(300)) for _ in range(200)]
    assert found.high - found.low < 1e-3
    assert found.expected == pytest.approx(np.mean(sums), rel=0.02)
    assert found.most - found.least == pytest.approx(2 * 1.645 * np.std(sums), rel=0.15)


def test_money_is_discounted_and_as_uncertain_as_both_models(
    rows: Histories, fitted: Fitted[BgNbd], worth: Worth
) -> None:
    plain = totals(fitted, rows, 26, worth=worth, draws=40)[-1]
    later = totals(fitted, rows, 26, worth=worth, rate=0.01, draws=40)[-1]

    each = fitted.model.discounted(rows, 0.01, 26) * worth.fitted.model.expected(worth.rows)
    assert later.expected == pytest.approx(each.sum())
    assert 0.8 * plain.expected < later.expected < plain.expected
    assert later.least < later.expected < later.most


def test_worth_has_a_row_for_each_customer(rows: Histories, fitted: Fitted[BgNbd], worth: Worth) -> None:
    with pytest.raises(NoHistory, match="one row for each customer"):
        totals(fitted, rows.taken(np.arange(3)), 26, worth=worth)


def test_bounds_hardly_hang_on_the_seed(fitted: Fitted[BgNbd]) -> None:
    later = np.array([26.0])

    found = [bounds(fitted, lambda model: model.fresh(later), draws=128, seed=seed) for seed in range(2, 14)]

    ends = np.array([[float(each.low[0]), float(each.high[0])] for each in found])
    reach = float(np.diff(ends.mean(axis=0))[0]) / 2
    # As many draws by chance lie 0.12 of it apart.
    assert (ends.std(axis=0, ddof=1) / reach).max() < 0.07


def test_draws_of_two_models_are_independent_of_each_other(fitted: Fitted[BgNbd]) -> None:
    one, other = (
        np.log([each.r for each in fitted.drawn(256, seed)]) - np.log(fitted.model.r) for seed in (1, 2)
    )

    assert abs(np.corrcoef(one, other)[0, 1]) < 0.15
    assert np.std(one) == pytest.approx(np.sqrt(fitted.covariance[0, 0]), rel=0.03)
    assert abs(one.mean()) < 0.02 * np.std(one)
