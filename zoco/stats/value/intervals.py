"""How sure what a model expects is: of one customer, of all together, and of what will really happen.

Parameters are drawn as asymptotically normal in their logarithms (`Fitted.drawn`). The interval of an
expectation tells what is not known about the parameters; the predictive interval of a sum adds that
customers do not do what is expected of them, by drawing what each buys.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from zoco.stats.value.buying import Bought, Buying
from zoco.stats.value.fitting import Fitted, Model
from zoco.stats.value.histories import Histories, NoHistory
from zoco.stats.value.spend import GammaGamma, Spending

Floats = NDArray[np.float64]
Buys = TypeVar("Buys", bound=Buying)
CONFIDENCE = 0.9
DRAWS = 200
SEED = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is expected with the parameters of highest likelihood, and its interval; one entry a row."""

    expected: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Total:
    """What all customers together are expected to buy or to be worth.

    `low` and `high` bound the expectation, `least` and `most` what will be seen.
    """

    expected: float
    low: float
    high: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What purchases are worth: a fitted model of spending and each customer's spending, in their order."""

    fitted: Fitted[GammaGamma]
    rows: Spending


def bounds(
    fitted: Fitted[Model],
    figure: Callable[[Model], Floats],
    *,
    confidence: float = CONFIDENCE,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Bounds:
    """Return a figure of the model with its interval, such as `lambda model: model.expected(rows, 52)`.

    The interval is of the expectation, by quantiles of the figure over parameters drawn from the
    asymptotic normal of their logarithms; one customer will buy more or less than is expected of him.
    """
    drawn = np.array([figure(model) for model in fitted.drawn(draws, seed)])
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return Bounds(figure(fitted.model), low, high)


def total(
    fitted: Fitted[Buys],
    rows: Histories,
    periods: float,
    *,
    worth: Worth | None = None,
    rate: float = 0.0,
    confidence: float = CONFIDENCE,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Total:
    """Return what customers will buy in the next `periods` together, or with `worth` what they will spend.

    Discounted at a continuous rate a period. Each draw takes parameters from the asymptotic normal of
    their logarithms, works out the expected sum, and draws one real sum: who is still a customer, how
    often each buys until he leaves, and what each purchase is worth. Parameters of buying and of spending
    are independent, as their likelihoods are. `periods` is finite. Raises NoHistory where `worth` has not
    one row for each customer.
    """
    if worth is not None and (len(worth.rows) != len(rows) or (rows.customers != 1).any()):
        raise NoHistory("What purchases are worth has one row for each customer, and so have the histories.")
    random = np.random.default_rng([seed, 1])
    spent = None if worth is None else worth.rows
    models = [None] * draws if worth is None else list(worth.fitted.drawn(draws, seed + 1))
    expected, seen = np.empty(draws), np.empty(draws)
    for number, (buying, money) in enumerate(zip(fitted.drawn(draws, seed), models, strict=True)):
        expected[number] = rows.customers @ _told(buying, rows, periods, rate, money, spent)
        seen[number] = _seen(buying.drawn(rows, periods, random), rate, money, spent, random)
    best = _told(fitted.model, rows, periods, rate, worth.fitted.model if worth else None, spent)
    shares = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = (float(each) for each in np.quantile(expected, shares))
    least, most = (float(each) for each in np.quantile(seen, shares))
    return Total(float(rows.customers @ best), low, high, least, most)


def _told(
    buying: Buying,
    rows: Histories,
    periods: float,
    rate: float,
    money: GammaGamma | None,
    spent: Spending | None,
) -> Floats:
    """Return what each is expected to buy, or to spend where there is a model of spending."""
    found = buying.discounted(rows, rate, periods)
    return found if money is None or spent is None else found * money.expected(spent)


def _seen(
    bought: Bought,
    rate: float,
    money: GammaGamma | None,
    spent: Spending | None,
    random: np.random.Generator,
) -> float:
    """Return what purchases that were drawn are worth together."""
    each = np.exp(-rate * bought.at)
    if money is not None and spent is not None:
        rates = money.rates(spent, random)[bought.customer]
        each = each * random.gamma(money.p, size=len(each)) / rates
    return float(each.sum())
