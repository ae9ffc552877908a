"""Gamma-Gamma: what a purchase is worth, when a customer's purchases scatter around a mean of his own."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.value.fitting import Likely
from zoco.stats.value.histories import FEWEST_CUSTOMERS, FEWEST_REPEAT_BUYERS, NoHistory, TooLittle

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spending:
    """How many purchases, what they were worth in the mean, and how many customers share the row.

    Rows without purchases have a mean of 0. Raises NoHistory where a purchase was worth nothing.
    """

    purchases: Floats
    mean: Floats
    customers: Floats

    def __post_init__(self) -> None:
        if not len(self.purchases) == len(self.mean) == len(self.customers):
            raise NoHistory("Each row has its purchases, their mean and its customers.")
        if not all(bool(np.isfinite(each).all()) for each in (self.purchases, self.mean, self.customers)):
            raise NoHistory("Purchases, means and customers are numbers.")
        if ((self.purchases > 0) & (self.mean <= 0)).any():
            raise NoHistory("Every purchase is worth more than 0; leave gifts out before.")

    def __len__(self) -> int:
        return len(self.purchases)


def spending(purchases: Floats, mean: Floats) -> Spending:
    """Return spending of one customer a row."""
    counts = np.asarray(purchases, dtype=np.float64)
    return Spending(counts, np.asarray(mean, dtype=np.float64), np.ones(len(counts)))


def dependence(rows: Spending) -> float:
    """Return the correlation of how often and how much, of those with purchases.

    The model takes it for 0: where it is far from it, frequent buyers are told too much or too little.
    """
    is_buyer = rows.purchases > 0
    weights = rows.customers[is_buyer]
    often, much = rows.purchases[is_buyer], rows.mean[is_buyer]
    often, much = often - np.average(often, weights=weights), much - np.average(much, weights=weights)
    whole = float(np.sqrt((weights @ often**2) * (weights @ much**2)))
    return float(weights @ (often * much)) / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class GammaGamma(Likely[Spending]):
    """A purchase is gamma (shape p, rate nu), and nu gamma (shape q, rate gamma) over customers.

    P. S. Fader and B. G. S. Hardie, The gamma-gamma model of monetary value (2013). How much is taken to be
    independent of how often, see `dependence`.
    """

    name: ClassVar[str] = "Gamma-Gamma"

    p: float
    q: float
    gamma: float

    @classmethod
    def prepared(cls, rows: Spending) -> Spending:
        """Return those with purchases, equal rows as one. Raises TooLittle where they are not enough."""
        is_buyer = rows.purchases > 0
        buyers = int(rows.customers[is_buyer].sum())
        again = int(rows.customers[rows.purchases > 1].sum())
        if buyers < FEWEST_CUSTOMERS or again < FEWEST_REPEAT_BUYERS:
            raise TooLittle(
                f"{cls.name} needs at least {FEWEST_CUSTOMERS} customers with purchases, "
                f"{FEWEST_REPEAT_BUYERS} of them with two or more, and there are {buyers} and {again}; "
                "wait until more came back."
            )
        pairs = np.stack([rows.purchases[is_buyer], rows.mean[is_buyer]], axis=1)
        unique, places = np.unique(pairs, axis=0, return_inverse=True)
        customers = np.bincount(places.ravel(), weights=rows.customers[is_buyer])
        return Spending(unique[:, 0], unique[:, 1], customers.astype(np.float64))

    @classmethod
    def starts(cls, rows: Spending) -> Floats:
        """Return parameters to begin at, one row a start."""
        mean = float(np.average(rows.mean, weights=rows.customers))
        return np.array(
            [(p, q, mean * max(q - 1, 0.5) / p) for p in (1.0, 5.0, 20.0) for q in (1.5, 4.0, 12.0)]
        )

    def scored(self, rows: Spending) -> tuple[float, Floats]:
        """Return the log-likelihood (the note's equation (1a)) and its gradient by the logarithms."""
        digamma, gammaln = scipy.special.digamma, scipy.special.gammaln
        shape, whole = self.p * rows.purchases, self.gamma + rows.purchases * rows.mean
        total = shape + self.q
        log_whole = np.log(whole)
        log_sum = np.log(rows.purchases * rows.mean)
        each = gammaln(total) - gammaln(shape) - gammaln(self.q) + self.q * np.log(self.gamma)
        each += shape * log_sum - np.log(rows.mean) - total * log_whole
        gradient = np.array([
            rows.purchases * (digamma(total) - digamma(shape) + log_sum - log_whole),
            digamma(total) - digamma(self.q) + np.log(self.gamma) - log_whole,
            self.q / self.gamma - total / whole,
        ])  # fmt: skip
        parameters = np.array([self.p, self.q, self.gamma])
        return float(rows.customers @ each), parameters * (gradient @ rows.customers)

    @property
    def mean(self) -> float:
        """What a purchase of somebody of whom nothing is known is worth; infinite where q is at most 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")

    def expected(self, rows: Spending) -> Floats:
        """Return E[M]: what a further purchase of each is worth, the note's equation (5).

        It lies between the customer's own mean and that of all. Infinite for whoever has no purchase where
        q is at most 1: then the mean of all has no bound.
        """
        shape = self.p * rows.purchases + self.q - 1
        worth = self.p * (self.gamma + rows.purchases * rows.mean)
        found: Floats = np.where(shape > 0, worth / np.where(shape > 0, shape, 1.0), np.inf)
        return found

    def rates(self, rows: Spending, random: np.random.Generator) -> Floats:
        """Draw each one's nu given his purchases; a purchase is then gamma (shape p, rate nu)."""
        shape = self.p * rows.purchases + self.q
        return random.gamma(shape) / (self.gamma + rows.purchases * rows.mean)
