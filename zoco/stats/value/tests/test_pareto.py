"""Pareto/NBD against integrals over customers, against its closed forms, and where those fail."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1, hyperu

from zoco.stats.value.histories import histories
from zoco.stats.value.pareto import ParetoNbd
from zoco.stats.value.quadrature import WithoutEnd

ROWS = histories(
    np.array([0, 1, 2, 7, 26, 3.0]),
    np.array([0, 5.5, 30.43, 20, 30.86, 38.86]),
    np.array([38, 30, 38.86, 25, 31, 38.86]),
)
MODELS = [
    ParetoNbd(0.553, 10.578, 0.606, 11.669),
    ParetoNbd(1.6, 4.0, 2.3, 30.0),
    ParetoNbd(0.2, 0.9, 0.4, 0.3),
]


@pytest.mark.parametrize("model", MODELS)
def test_likelihood_is_the_published_closed_form(model: ParetoNbd) -> None:
    # Fader and Hardie 2005, section 3: by the larger of alpha and beta.
    n, total = model.r + ROWS.purchases, model.r + model.s + ROWS.purchases
    large, small = max(model.alpha, model.beta), min(model.alpha, model.beta)
    second = model.s + 1 if model.alpha >= model.beta else n

    def part(until: np.ndarray) -> np.ndarray:
        ratio = (large - small) / (large + until)
        found: np.ndarray = hyp2f1(total, second, total + 1, ratio) / (large + until) ** total
        return found

    stayed = (model.alpha + ROWS.age) ** -n * (model.beta + ROWS.age) ** -model.s
    whole = stayed + model.s / total * (part(ROWS.last) - part(ROWS.age))
    closed = gammaln(n) - gammaln(model.r) + model.r * np.log(model.alpha) + model.s * np.log(model.beta)

    found = [model.scored(ROWS.taken(np.array([each])))[0] for each in range(len(ROWS))]

    assert found == pytest.approx(closed + np.log(whole), abs=1e-9)
    assert model.alive(ROWS) == pytest.approx(stayed / whole, rel=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_gradient_is_that_of_the_likelihood(model: ParetoNbd) -> None:
    theta = np.log([model.r, model.alpha, model.s, model.beta])
    step = 1e-6

    slopes = [
        (ParetoNbd(*np.exp(theta + move)).scored(ROWS)[0] - ParetoNbd(*np.exp(theta - move)).scored(ROWS)[0])
        / (2 * step)
        for move in step * np.eye(4)
    ]

    assert model.scored(ROWS)[1] == pytest.approx(slopes, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("model", "purchases", "last", "age"),
    [
        (ParetoNbd(0.5, 8.0, 1.5, 20.0), 3_000, 40.0, 100.0),
        (ParetoNbd(0.5, 1e-3, 0.2, 1e3), 0, 0.0, 100.0),
        (ParetoNbd(0.5, 1e3, 0.2, 1e-3), 5, 1.0, 100.0),
        (ParetoNbd(200.0, 3e3, 200.0, 2e4), 12, 60.0, 100.0),
    ],
)
def test_likelihood_holds_where_the_closed_form_does_not(
    model: ParetoNbd, purchases: int, last: float, age: float
) -> None:
    n = model.r + purchases
    peak = -n * np.log(model.alpha + last) - (model.s + 1) * np.log(model.beta + last)

    def left(u: float) -> float:
        u = last + u
        return float(np.exp(-n * np.log(model.alpha + u) - (model.s + 1) * np.log(model.beta + u) - peak))

    marks = np.concatenate([[0], np.geomspace(1e-8, age - last, 60)])
    pieces = (quad(left, low, high, epsrel=1e-12)[0] for low, high in pairwise(marks))
    gone = np.log(model.s * sum(pieces)) + peak
    stayed = -n * np.log(model.alpha + age) - model.s * np.log(model.beta + age)
    front = gammaln(n) - gammaln(model.r) + model.r * np.log(model.alpha) + model.s * np.log(model.beta)

    rows = histories(np.array([purchases]), np.array([last]), np.array([age]))

    whole = np.logaddexp(gone, stayed)
    assert model.scored(rows)[0] == pytest.approx(front + whole, rel=1e-10, abs=1e-8)
    assert model.alive(rows) == pytest.approx([np.exp(stayed - whole)], rel=1e-7, abs=1e-300)


@pytest.mark.parametrize("s", [0.606, 1.0, 1.0 + 1e-9, 3.0])
def test_expectation_is_purchases_a_period_times_the_life_that_is_left(s: float) -> None:
    model = ParetoNbd(0.553, 10.578, s, 11.669)
    life = [quad(lambda u, b=b: (b / (b + u)) ** s, 0, 52, epsrel=1e-11)[0] for b in model.beta + ROWS.age]

    by_hand = model.alive(ROWS) * (0.553 + ROWS.purchases) / (10.578 + ROWS.age) * np.array(life)

    assert model.expected(ROWS, 52) == pytest.approx(by_hand, rel=1e-9)
    new = quad(lambda u: (11.669 / (11.669 + u)) ** s, 0, 52, epsrel=1e-11)[0] * 0.553 / 10.578
    assert model.fresh(np.array([52.0])) == pytest.approx([new], rel=1e-9)


def test_discounted_residual_transactions_are_the_published_closed_form() -> None:
    # Fader, Hardie and Lee, RFM and CLV (2005), equation (2), over P(alive), with 15% a year in weeks.
    model, rate = MODELS[0], float(np.log(1.15) / 52)
    life = model.beta + ROWS.age
    closed = life**model.s * rate ** (model.s - 1) * hyperu(model.s, model.s, rate * life)
    by_hand = model.alive(ROWS) * (model.r + ROWS.purchases) / (model.alpha + ROWS.age) * closed

    assert model.discounted(ROWS, rate) == pytest.approx(by_hand, rel=1e-8)
    with pytest.raises(WithoutEnd, match="limited time"):
        model.discounted(ROWS, 0.0)


def test_whoever_bought_at_the_very_end_is_still_a_customer() -> None:
    rows = histories(np.array([3.0]), np.array([38.86]), np.array([38.86]))

    assert MODELS[0].alive(rows) == pytest.approx([1.0], abs=0)
    assert np.isfinite(MODELS[0].scored(rows)[1]).all()
