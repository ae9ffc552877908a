"""sBG against the published example, against sums, and against cohorts whose parameters are known."""

import numpy as np
import pytest

from zoco.stats.value.contracts import Contracts, Sbg, contracts_of
from zoco.stats.value.fitting import AtTheEdge, fit
from zoco.stats.value.histories import NoHistory, TooLittle
from zoco.stats.value.quadrature import WithoutEnd

# Fader and Hardie 2007, their example: shares still there after each year, of two kinds of customers.
HIGH_END = np.array([1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491, 0.468, 0.445, 0.427, 0.409, 0.394])
REGULAR = np.array([1, 0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241, 0.223, 0.207, 0.194, 0.183, 0.173])


@pytest.mark.parametrize(
    ("shares", "alpha", "beta"),
    [(HIGH_END, 0.668, 3.806), (REGULAR, 0.704, 1.182)],
    ids=["high end", "regular"],
)
def test_seven_years_give_the_published_parameters_and_tell_the_next_five(
    shares: np.ndarray, alpha: float, beta: float
) -> None:
    found = fit(Sbg, contracts_of(1_000 * shares[:8]))

    assert found.values == pytest.approx([alpha, beta], abs=0.0005)
    assert found.is_converged
    assert found.model.kept(np.arange(8.0, 13)) == pytest.approx(shares[8:], abs=0.02)


def test_likelihood_of_a_customer_is_the_published_one() -> None:
    # The paper's worksheet starts at alpha = beta = 1, where a customer's log-likelihood is -2.115.
    value, _gradient = Sbg(1.0, 1.0).scored(contracts_of(HIGH_END[:8]))

    assert value == pytest.approx(-2.1155, abs=0.00005)


def test_shares_are_products_of_renewals() -> None:
    model = Sbg(0.668, 3.806)

    assert model.kept(np.array([0.0])) == pytest.approx([1.0])
    assert model.renewing(np.array([1.0])) == pytest.approx([3.806 / 4.474])
    assert model.renewing(np.arange(1.0, 9)).cumprod() == pytest.approx(model.kept(np.arange(1.0, 9)))


def test_gradient_is_that_of_the_likelihood() -> None:
    rows, theta, step = (
        contracts_of(1_000 * REGULAR[:8], np.array([500.0, 380, 290])),
        np.log([0.7, 1.2]),
        1e-6,
    )

    slopes = [
        (Sbg(*np.exp(theta + move)).scored(rows)[0] - Sbg(*np.exp(theta - move)).scored(rows)[0]) / (2 * step)
        for move in step * np.eye(2)
    ]

    assert Sbg(0.7, 1.2).scored(rows)[1] == pytest.approx(slopes, rel=1e-6, abs=1e-4)


def test_cohorts_of_several_ages_are_added_up() -> None:
    found = contracts_of(np.array([100.0, 80, 70]), np.array([50.0, 45]))

    assert found.lost.tolist() == [25.0, 10.0]
    assert found.kept.tolist() == [45.0, 70.0]


def test_what_is_left_to_pay_is_the_sum_over_renewals() -> None:
    model = Sbg(0.668, 3.806)

    ahead = np.arange(1.0, 20_000)
    by_hand = (model.kept(7.0 + ahead) / model.kept(np.array([7.0])) * 1.1 ** -(ahead - 1.0)).sum()

    assert model.residual(7, 0.1) == pytest.approx(by_hand, rel=1e-9)
    assert model.residual(7, 0.1) == pytest.approx(7.530, abs=0.0005)
    assert model.residual(2, 0.0, 2) == pytest.approx(
        model.kept(np.array([3.0, 4.0])).sum() / model.kept(np.array([2.0]))[0]
    )
    # Whoever stayed for longer will stay for longer.
    assert model.residual(0, 0.1) < model.residual(1, 0.1) < model.residual(4, 0.1)
    with pytest.raises(WithoutEnd):
        model.residual(0, 0.0)


def test_parameters_are_found_again_with_intervals_that_hold() -> None:
    held = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        leaving = random.beta(0.8, 2.5, 2_000)
        ends = random.geometric(np.maximum(leaving, 1e-12))
        counts = np.array([(ends > renewal).sum() for renewal in range(9)], dtype=float)
        low, high = fit(Sbg, contracts_of(counts)).bounds(0.9)
        held.append([low[0] <= 0.8 <= high[0], low[1] <= 2.5 <= high[1]])

    assert 0.82 <= np.mean(held) <= 0.98


def test_customers_who_are_all_alike_have_no_best_parameters() -> None:
    with pytest.raises(AtTheEdge, match="sBG: the parameter"):
        fit(Sbg, contracts_of(10_000 * 0.8 ** np.arange(8.0)))


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ([40.0, 20, 10], "at least 50 contracts"),
        ([1_000.0, 995], "of which 5 ended"),
        ([100.0, 60], "two renewals"),
    ],
)
def test_too_little_is_said(counts: list[float], says: str) -> None:
    with pytest.raises(TooLittle, match=says):
        fit(Sbg, contracts_of(np.array(counts)))


def test_two_renewals_are_enough() -> None:
    rows = contracts_of(np.array([100.0, 60, 50]))

    assert Sbg.prepared(rows) is rows


def test_a_cohort_never_grows() -> None:
    with pytest.raises(NoHistory, match="never more"):
        contracts_of(np.array([100.0, 90, 91]))
    with pytest.raises(NoHistory, match="Each renewal"):
        Contracts(np.zeros(2), np.zeros(3))
