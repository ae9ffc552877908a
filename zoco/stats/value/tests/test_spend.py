"""Gamma-Gamma against its integral, its two ends, and customers whose parameters are known."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import gamma

from zoco.stats.value.fitting import fit
from zoco.stats.value.histories import NoHistory, TooLittle
from zoco.stats.value.spend import GammaGamma, Spending, dependence, spending

MODEL = GammaGamma(6.25, 3.74, 15.44)


def one(purchases: float, mean: float) -> Spending:
    return spending(np.array([purchases]), np.array([mean]))


def drawn(model: GammaGamma, customers: int, seed: int) -> Spending:
    random = np.random.default_rng(seed)
    rates = random.gamma(model.q, 1 / model.gamma, customers)
    counts = random.geometric(0.4, customers)
    means: NDArray[np.float64] = random.gamma(model.p * counts) / rates / counts
    return spending(counts.astype(float), means)


@pytest.mark.parametrize(("purchases", "mean"), [(1, 20.0), (4, 3.5), (30, 120.0)])
def test_likelihood_and_expectation_are_integrals_over_customers(purchases: int, mean: float) -> None:
    # The mean of n gamma purchases is gamma with shape p n and rate nu n.
    def density(nu: float) -> float:
        mixing = gamma(MODEL.q, scale=1 / MODEL.gamma).pdf(nu)
        return float(mixing * gamma(MODEL.p * purchases, scale=1 / (nu * purchases)).pdf(mean))

    whole = quad(density, 0, 3, epsabs=0, epsrel=1e-10, points=[0.05, 0.2, 0.6], limit=200)[0]
    worth = quad(
        lambda nu: MODEL.p / nu * density(nu), 1e-9, 3, epsabs=0, points=[0.05, 0.2, 0.6], limit=200
    )[0]

    assert MODEL.scored(one(purchases, mean))[0] == pytest.approx(np.log(whole), abs=1e-7)
    assert MODEL.expected(one(purchases, mean)) == pytest.approx([worth / whole], rel=1e-6)


def test_gradient_is_that_of_the_likelihood() -> None:
    rows, theta, step = drawn(MODEL, 50, 1), np.log([6.25, 3.74, 15.44]), 1e-6

    slopes = [
        (
            GammaGamma(*np.exp(theta + move)).scored(rows)[0]
            - GammaGamma(*np.exp(theta - move)).scored(rows)[0]
        )
        / (2 * step)
        for move in step * np.eye(3)
    ]

    assert MODEL.scored(rows)[1] == pytest.approx(slopes, rel=1e-5, abs=1e-5)


def test_nothing_known_is_the_mean_of_all_and_much_known_the_own_one() -> None:
    assert MODEL.expected(one(0, 0.0)) == pytest.approx([MODEL.mean])
    assert pytest.approx(6.25 * 15.44 / 2.74) == MODEL.mean
    assert MODEL.expected(one(10_000, 80.0)) == pytest.approx([80.0], rel=1e-3)
    assert MODEL.mean < MODEL.expected(one(2, 80.0))[0] < 80.0


def test_where_the_mean_of_all_has_no_bound_it_is_said_to_be_infinite_and_never_negative() -> None:
    model = GammaGamma(2.0, 0.8, 10.0)

    assert model.mean == float("inf")
    assert model.expected(one(0, 0.0)) == pytest.approx([np.inf])
    assert model.expected(one(1, 30.0)) == pytest.approx([2 * 40 / 1.8])
    edge = GammaGamma(2.0, 1.0, 10.0)
    assert edge.mean == edge.expected(one(0, 0.0))[0] == float("inf")


def test_parameters_are_found_again_with_intervals_that_hold() -> None:
    truth, held = np.array([MODEL.p, MODEL.q, MODEL.gamma]), []
    for seed in range(30):
        found = fit(GammaGamma, drawn(MODEL, 1_500, seed))
        low, high = found.bounds(0.9)
        held.append((low <= truth) & (truth <= high))

        assert found.is_converged
        assert found.model.mean == pytest.approx(MODEL.mean, rel=0.1)

    assert 0.82 <= np.mean(held) <= 0.98


def test_rows_of_one_customer_or_of_many_are_the_same() -> None:
    rows = drawn(MODEL, 300, 5)
    twice = Spending(rows.purchases, rows.mean, rows.customers * 2)
    apart = spending(np.tile(rows.purchases, 2), np.tile(rows.mean, 2))

    assert fit(GammaGamma, apart).values == pytest.approx(fit(GammaGamma, twice).values, rel=1e-6)


def test_nobody_who_bought_twice_is_too_little() -> None:
    with pytest.raises(TooLittle, match="two or more, and there are 300 and 0"):
        fit(GammaGamma, spending(np.ones(300), np.linspace(5, 50, 300)))


def test_a_gift_is_no_purchase() -> None:
    with pytest.raises(NoHistory, match="worth more than 0"):
        one(2, 0.0)


def test_dependence_is_the_correlation_of_buyers() -> None:
    rows = Spending(np.array([1, 2, 3, 0.0]), np.array([10, 30, 20, 0.0]), np.array([1, 2, 1, 9.0]))

    # Four buyers: 1, 2, 2, 3 purchases of 10, 30, 30, 20.
    assert dependence(rows) == pytest.approx(np.corrcoef([1, 2, 2, 3], [10, 30, 30, 20])[0, 1])
    assert dependence(spending(np.ones(3), np.arange(1.0, 4))) == pytest.approx(0.0, abs=0)
