"""What a fit refuses, and what it says of how sure it is."""

import numpy as np
import pytest

from zoco.stats.value.fitting import AtTheEdge, fit
from zoco.stats.value.geometric import BgNbd, MbgNbd
from zoco.stats.value.histories import TooLittle, histories
from zoco.stats.value.pareto import ParetoNbd
from zoco.stats.value.spend import GammaGamma, spending
from zoco.stats.value.tests import stories

KINDS = [BgNbd, MbgNbd, ParetoNbd]


@pytest.mark.parametrize("kind", KINDS)
def test_few_customers_are_too_little(kind: type[BgNbd]) -> None:
    rows = histories(np.ones(49), np.full(49, 2.0), np.full(49, 20.0))

    with pytest.raises(TooLittle, match=f"{kind.name} needs at least 50 customers and there are 49"):
        fit(kind, rows)


@pytest.mark.parametrize("kind", KINDS)
def test_customers_who_never_came_back_are_too_little(kind: type[BgNbd]) -> None:
    purchases = np.zeros(500)
    purchases[:9] = 1

    with pytest.raises(TooLittle, match="10 customers who bought again and there are 9 of 500"):
        fit(kind, histories(purchases, purchases * 3, np.full(500, 20.0)))


def test_buyers_who_never_leave_have_no_best_probability_of_leaving() -> None:
    random = np.random.default_rng(3)
    rates = random.gamma(2.0, 0.5, 2_000)
    purchases = random.poisson(rates * 30).astype(float)
    # The last of n uniform moments.
    last = np.where(purchases > 0, 30 * random.random(2_000) ** (1 / np.maximum(purchases, 1)), 0.0)

    with pytest.raises(AtTheEdge, match=r"BG/NBD: the parameter [ab] .* take more customers"):
        fit(BgNbd, histories(purchases, last, np.full(2_000, 30.0)))


def test_prices_that_never_differ_have_no_best_scatter() -> None:
    random = np.random.default_rng(4)

    with pytest.raises(AtTheEdge, match="Gamma-Gamma: the parameter"):
        fit(GammaGamma, spending(random.integers(1, 9, 300).astype(float), np.full(300, 9.99)))


def test_the_order_and_the_making_of_rows_do_not_matter() -> None:
    rows = stories.known(stories.told(stories.pareto(0.8, 6, 0.9, 12), 800, 40, 5), 40).histories
    order = np.random.default_rng(6).permutation(len(rows))

    first, second = fit(ParetoNbd, rows), fit(ParetoNbd, rows.taken(order))

    assert second.values == pytest.approx(first.values, rel=1e-6)
    assert second.likelihood == pytest.approx(first.likelihood, abs=1e-8)


def test_errors_are_the_curvature_of_the_likelihood() -> None:
    rows = stories.known(stories.told(stories.geometric(0.8, 6, 0.9, 2.5, True), 3_000, 40, 7), 40).histories

    found = fit(MbgNbd, rows)

    # Along each logarithm of a parameter alone, one step of its precision costs half a unit of likelihood.
    information = np.linalg.inv(found.covariance)
    for number, one in enumerate(np.eye(4)):
        step = 0.2 / np.sqrt(information[number, number])
        there, back = (
            MbgNbd(*(found.values * np.exp(sign * step * one))).scored(MbgNbd.prepared(rows))[0]
            for sign in (1, -1)
        )
        assert 2 * found.likelihood - there - back == pytest.approx(0.04, rel=0.02)
    assert found.names == ("r", "alpha", "a", "b")
    assert found.errors == pytest.approx(found.values * np.sqrt(np.diag(found.covariance)))


def test_draws_have_the_covariance_of_the_fit_and_are_the_same_again() -> None:
    rows = stories.known(stories.told(stories.pareto(0.8, 6, 0.9, 12), 800, 40, 5), 40).histories
    found = fit(ParetoNbd, rows)

    drawn = np.log([[each.r, each.alpha, each.s, each.beta] for each in found.drawn(4_000, 8)])

    assert np.cov(drawn.T) == pytest.approx(found.covariance, rel=0.15, abs=0.002)
    assert drawn.mean(axis=0) == pytest.approx(np.log(found.values), abs=0.05)
    assert next(found.drawn(1, 8)) == next(found.drawn(1, 8))
