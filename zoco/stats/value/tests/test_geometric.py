"""BG/NBD and MBG/NBD against integrals over customers, against series, and where closed forms fail."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betainc, betaln, gammaln, hyp2f1
from scipy.stats import beta, gamma

from zoco.stats.value.geometric import BgNbd, MbgNbd
from zoco.stats.value.histories import histories
from zoco.stats.value.quadrature import WithoutEnd

ROWS = histories(
    np.array([0, 1, 2, 7, 26, 3.0]),
    np.array([0, 5.5, 30.43, 20, 30.86, 38.86]),
    np.array([38, 30, 38.86, 25, 31, 38.86]),
)
MODELS = [BgNbd(0.243, 4.414, 0.793, 2.426), MbgNbd(0.525, 6.183, 0.891, 1.614), BgNbd(2.1, 9.0, 1.7, 0.6)]


def mixed(model: BgNbd, number: int) -> tuple[float, float]:
    """Return the densities of a history with a customer who is still one, and with one who has left.

    Both are integrals over rates and probabilities of leaving, in log(rate) and log(p / (1 - p)).
    """
    x, last, age = (float(each[number]) for each in (ROWS.purchases, ROWS.last, ROWS.age))
    y, step = np.linspace(-70, 70, 2_001, retstep=True)
    rate, p, stay = np.exp(y[y < 5])[:, None], np.exp(-np.logaddexp(0, -y)), np.exp(-np.logaddexp(0, y))
    rates = gamma(model.r, scale=1 / model.alpha).pdf(rate) * rate
    mixing = rates * np.exp(model.a * np.log(p) + model.b * np.log(stay) - betaln(model.a, model.b))
    survives_first = stay if model.leaves_first else 1.0
    still = rate**x * stay**x * np.exp(-rate * age) * survives_first
    if x == 0:
        gone = (p if model.leaves_first else 0.0) * np.ones_like(still)
    else:
        gone = rate**x * p * stay ** (x - 1) * np.exp(-rate * last) * survives_first
    return float((still * mixing).sum() * step**2), float((gone * mixing).sum() * step**2)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("number", range(6))
def test_likelihood_and_who_is_still_there_are_integrals_over_customers(model: BgNbd, number: int) -> None:
    one = ROWS.taken(np.array([number]))

    still, gone = mixed(model, number)

    assert model.scored(one)[0] == pytest.approx(np.log(still + gone), abs=1e-6)
    assert model.alive(one) == pytest.approx([still / (still + gone)], abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_gradient_is_that_of_the_likelihood(model: BgNbd) -> None:
    theta = np.log([model.r, model.alpha, model.a, model.b])
    step = 1e-6

    slopes = [
        (
            type(model)(*np.exp(theta + move)).scored(ROWS)[0]
            - type(model)(*np.exp(theta - move)).scored(ROWS)[0]
        )
        / (2 * step)
        for move in step * np.eye(4)
    ]

    assert model.scored(ROWS)[1] == pytest.approx(slopes, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("periods", [0.5, 39.0, 400.0])
def test_expectation_is_the_published_closed_form(model: BgNbd, periods: float) -> None:
    n, end = model.r + ROWS.purchases, model.alpha + ROWS.age
    c = model.b + ROWS.purchases + model.leaves_first
    whole = model.a + c - 1

    # Fader, Hardie and Lee 2005, equation (10), without its last factor, which is P(alive).
    ratio = (end / (end + periods)) ** n * hyp2f1(n, c, whole, periods / (end + periods))
    closed = whole / (model.a - 1) * (1 - ratio) * model.alive(ROWS)

    assert model.expected(ROWS, periods) == pytest.approx(closed, rel=1e-8)


def summed(n: float, end: float, a: float, c: float, periods: float) -> float:
    """Return the same as a series of positive terms: purchase j + 1 needs j stays and more than j moments."""
    j = np.arange(100_000)
    stays = np.exp(betaln(a, c + j) - betaln(a, c))
    return float((stays * betainc(j + 1, n, periods / (end + periods))).sum())


@pytest.mark.parametrize(
    ("a", "b", "purchases"),
    [
        (1.0, 2.0, 3),
        (1.0 + 1e-9, 2.0, 3),
        (0.3, 0.2, 0),
        (0.05, 0.05, 0),
        (0.8, 2.4, 2_000),
        (30.0, 400.0, 50),
    ],
)
def test_expectation_holds_where_the_closed_form_does_not(a: float, b: float, purchases: int) -> None:
    model = BgNbd(0.6, 4.0, a, b)
    rows = histories(np.array([purchases]), np.array([30.0 * (purchases > 0)]), np.array([30.5]))

    found = model.expected(rows, 100.0) / model.alive(rows)

    assert found == pytest.approx([summed(0.6 + purchases, 34.5, a, b + purchases, 100.0)], rel=1e-8)


def test_nothing_overflows_for_the_best_customer_of_all() -> None:
    rows = histories(np.array([50_000.0]), np.array([99.9]), np.array([100.0]))
    model = BgNbd(0.5, 3.0, 0.8, 2.4)

    value, gradient = model.scored(rows)

    assert np.isfinite([value, *gradient]).all()
    assert 0 <= model.alive(rows)[0] < 1e-12
    assert np.isfinite(model.expected(rows, 52)).all()


@pytest.mark.parametrize("model", MODELS)
def test_somebody_new_is_expected_to_buy_what_the_integral_says(model: BgNbd) -> None:
    def until(p: float) -> float:
        once = (1 - (1 + p * 52 / model.alpha) ** -model.r) / p
        return float(once * ((1 - p) if model.leaves_first else 1.0) * beta(model.a, model.b).pdf(p))

    whole = quad(until, 0, 0.5, limit=500, epsabs=1e-12)[0] + quad(until, 0.5, 1, limit=500, epsabs=1e-12)[0]

    assert model.fresh(np.array([52.0, 0.0])) == pytest.approx([whole, 0.0], rel=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_discount_is_the_integral_over_time(model: BgNbd) -> None:
    rate, step = 0.03, 0.05
    moments = np.arange(0, 60, step)
    bought = np.array([model.expected(ROWS, at) for at in [*moments, 60.0]])

    # Each step's purchases at the discount of its middle.
    by_hand = (np.diff(bought, axis=0) * np.exp(-rate * (moments + step / 2))[:, None]).sum(axis=0)

    assert model.discounted(ROWS, rate, 60) == pytest.approx(by_hand, rel=1e-6)


def test_without_end_discount_alone_bounds_the_value() -> None:
    model = MODELS[0]

    assert model.discounted(ROWS, 0.003) == pytest.approx(model.discounted(ROWS, 0.003, 12_000), rel=1e-7)
    with pytest.raises(WithoutEnd, match="limited time"):
        model.discounted(ROWS, 0.0)


def test_whoever_never_came_back_has_surely_not_left_in_the_one_and_may_have_in_the_other() -> None:
    rows = histories(np.array([0.0]), np.array([0.0]), np.array([38.0]))

    assert BgNbd(0.5, 6, 0.9, 1.6).alive(rows) == pytest.approx([1.0], abs=0)
    assert MbgNbd(0.5, 6, 0.9, 1.6).alive(rows) == pytest.approx([1 / (1 + 0.9 / 1.6 * (44 / 6) ** 0.5)])


def test_gamma_functions_alone_give_the_likelihood_of_whoever_stays() -> None:
    # Nobody leaves: the negative binomial of Ehrenberg, here of three purchases in ten weeks.
    rows = histories(np.array([3.0]), np.array([9.0]), np.array([10.0]))
    found = BgNbd(0.7, 5.0, 1e-9, 1.0).scored(rows)[0]

    assert found == pytest.approx(gammaln(3.7) - gammaln(0.7) + 0.7 * np.log(5) - 3.7 * np.log(15), abs=1e-6)
