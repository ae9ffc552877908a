"""What every model of buying without a contract answers: who is still a customer, and what will be bought."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.value.fitting import Likely
from zoco.stats.value.histories import Histories, aggregated, enough

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Rows looked at in one go: their nodes must fit into the processor's cache, not into memory.
BLOCK = 256
SHAPES = ((0.3, 0.6, 2.5), (1.0, 0.6, 2.5), (0.3, 1.5, 8.0), (2.0, 0.5, 1.0), (0.6, 0.2, 3.0))


@dataclass(frozen=True, slots=True)
class Bought:
    """Purchases that were drawn: whose, by the customer's number, and when, in order for each customer."""

    customer: Ints
    at: Floats


class Buying(Likely[Histories]):
    """Purchases come at a rate that differs from customer to customer, until one is a customer no more."""

    __slots__ = ()

    @classmethod
    def prepared(cls, rows: Histories) -> Histories:
        """Return rows with equal ones as one. Raises TooLittle where they are not enough."""
        enough(rows, cls.name)
        return aggregated(rows)

    @classmethod
    def pace(cls, rows: Histories) -> tuple[float, float]:
        """Return purchases a period of those who came back, and the mean age: where to begin the search."""
        is_back = rows.purchases > 0
        weights = rows.customers * is_back
        rate = float((weights * rows.purchases).sum() / (weights * rows.age).sum())
        return rate, float((rows.customers * rows.age).sum() / rows.customers.sum())

    @abstractmethod
    def alive(self, rows: Histories) -> Floats:
        """Return the probability that a customer with this history is still one at the end of it."""

    @abstractmethod
    def fresh(self, periods: Floats) -> Floats:
        """Return E[X(t)]: repeat purchases expected of somebody new in each of `periods`."""

    @abstractmethod
    def discounted(self, rows: Histories, rate: float, periods: float = np.inf) -> Floats:
        """Return purchases expected from now on, each worth exp(-rate u) when it comes after u periods.

        `rate` is the continuous rate of discount a period: log(1.1) / 52 for 10% a year in weeks. Raises
        WithoutEnd where neither discount nor time has an end.
        """

    @abstractmethod
    def drawn(self, rows: Histories, periods: float, random: np.random.Generator) -> Bought:
        """Draw what each customer buys in the next `periods` given the history, customers row by row."""

    def expected(self, rows: Histories, periods: float) -> Floats:
        """Return E[X(T, T + t)]: purchases in the next `periods` that a history lets us expect."""
        return self.discounted(rows, 0.0, periods)


def each_customer(rows: Histories) -> Histories:
    """Return one row a customer."""
    numbers = np.repeat(np.arange(len(rows)), rows.customers.astype(np.int64))
    taken = rows.taken(numbers)
    return Histories(taken.purchases, taken.last, taken.age, np.ones(len(numbers)))


def scattered(counts: Ints, periods: float, random: np.random.Generator) -> tuple[Bought, Ints]:
    """Draw that many moments for each customer over `periods`, in order, with each one's number from 0.

    Given how many they are, the moments of a Poisson process are independent and uniform.
    """
    customer = np.repeat(np.arange(len(counts)), counts)
    at = random.random(len(customer)) * periods
    order = np.lexsort((at, customer))
    rank = np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Bought(customer, at[order]), rank


def blocks(size: int) -> list[slice]:
    """Return slices of so many rows."""
    return [slice(start, start + BLOCK) for start in range(0, size, BLOCK)]
