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
DRAWS = 256
SUMS = 4
"""So many real sums are drawn with the same parameters: one takes a fifth of the time of an expected sum."""
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


def totals(
    fitted: Fitted[Buys],
    rows: Histories,
    periods: float,
    *,
    worth: Worth | None = None,
    rate: float = 0.0,
    confidence: float = CONFIDENCE,
    draws: int = DRAWS,
    seed: int = SEED,
) -> tuple[Total, ...]:
    """Return what customers will buy in the next `periods` together, and with `worth` what they will spend.

    Discounted at a continuous rate a period. Each draw takes parameters from the asymptotic normal of
    their logarithms, works out the expected sum, and draws `SUMS` real sums: who is still a customer, how
    often each buys until he leaves, and what each purchase is worth. Parameters of buying and of spending
    are independent, as their likelihoods are. `periods` is finite. Raises NoHistory where `worth` has not
    one row for each customer.
    """
    if worth is not None and (len(worth.rows) != len(rows) or (rows.customers != 1).any()):
        raise NoHistory("What purchases are worth has one row for each customer, and so have the histories.")
    random = np.random.default_rng([seed, 1])
    models = [None] * draws if worth is None else list(worth.fitted.drawn(draws, seed + 1))
    expected, seen = [], []
    for buying, money in zip(fitted.drawn(draws, seed), models, strict=True):
        expected.append(_told(buying, rows, periods, rate, money, worth))
        seen += [_seen(buying.drawn(rows, periods, random), rate, money, worth, random) for _ in range(SUMS)]
    best = _told(fitted.model, rows, periods, rate, worth.fitted.model if worth else None, worth)
    shares = [(1 - confidence) / 2, (1 + confidence) / 2]
    bounds_of = (np.quantile(each, shares, axis=0).T.tolist() for each in (expected, seen))
    return tuple(Total(told, *own, *real) for told, own, real in zip(best, *bounds_of, strict=True))


def _told(
    buying: Buying,
    rows: Histories,
    periods: float,
    rate: float,
    money: GammaGamma | None,
    worth: Worth | None,
) -> list[float]:
    """Return how much all are expected to buy, and to spend where there is a model of spending."""
    found = rows.customers * buying.discounted(rows, rate, periods)
    spent = [] if money is None or worth is None else [float(found @ money.expected(worth.rows))]
    return [float(found.sum()), *spent]


def _seen(
    bought: Bought,
    rate: float,
    money: GammaGamma | None,
    worth: Worth | None,
    random: np.random.Generator,
) -> list[float]:
    """Return how many purchases were drawn, and what they are worth together."""
    each = np.exp(-rate * bought.at)
    count = float(each.sum())
    if money is None or worth is None:
        return [count]
    rates = money.rates(worth.rows, random)[bought.customer]
    return [count, float((each * random.gamma(money.p, size=len(each)) / rates).sum())]
