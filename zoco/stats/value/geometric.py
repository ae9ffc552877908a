"""BG/NBD and MBG/NBD: after each purchase a customer may leave for good, with a probability of his own.

Both have the same algebra. In the first nobody leaves before the first repeat purchase, so that everybody who
never came back is still a customer; in the second one may leave right after the first purchase.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.value.buying import SHAPES, Bought, Buying, blocks, each_customer, scattered
from zoco.stats.value.histories import Histories, distinct
from zoco.stats.value.quadrature import beta_mean, bounded, discounted_times

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BgNbd(Buying):
    """Rates are gamma (shape r, rate alpha), probabilities of leaving beta (a, b).

    P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting your customers" the easy way: an alternative to
    the Pareto/NBD model, Marketing Science 24 (2005) 275–284.
    """

    name: ClassVar[str] = "BG/NBD"
    leaves_first: ClassVar[int] = 0

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def starts(cls, rows: Histories) -> Floats:
        """Return parameters to begin at, one row a start."""
        rate, _age = cls.pace(rows)
        return np.array([(r, max(r, 0.5) / rate, a, b) for r, a, b in SHAPES])

    def scored(self, rows: Histories) -> tuple[float, Floats]:
        """Return the log-likelihood and its gradient by the logarithms of the parameters.

        Equation (6) of the paper as A (1 + D), with D the odds of having left: A and D are products, of
        which the logarithms are sums, so that no number of purchases is too large. For the modified
        model: Batislam, Denizel and Filiztekin 2007.
        """
        betaln, digamma, gammaln = scipy.special.betaln, scipy.special.digamma, scipy.special.gammaln
        n, c = self.r + rows.purchases, self.b + rows.purchases + self.leaves_first
        end, last = self.alpha + rows.age, self.alpha + rows.last
        each = gammaln(n) - gammaln(self.r) + self.r * np.log(self.alpha) - n * np.log(end)
        each += betaln(self.a, c) - betaln(self.a, self.b)
        odds, may_leave = self._odds(rows)
        each += np.logaddexp(0, odds)
        gone = scipy.special.expit(odds)
        both = digamma(self.a + self.b) - digamma(self.a + c)
        longer = np.log(end / last)
        gradient = np.array([
            digamma(n) - digamma(self.r) + np.log(self.alpha / end) + gone * longer,
            self.r / self.alpha - n / end + gone * n * (1 / end - 1 / last),
            both + gone / self.a,
            both + digamma(c) - digamma(self.b) - gone / np.where(may_leave, c - 1, 1.0),
        ])  # fmt: skip
        parameters = np.array([self.r, self.alpha, self.a, self.b])
        return float(rows.customers @ each), parameters * (gradient @ rows.customers)

    def alive(self, rows: Histories) -> Floats:
        """Return the probability of still being a customer.

        P. S. Fader and B. G. S. Hardie, Computing P(alive) using the BG/NBD model (2008).
        """
        found: Floats = scipy.special.expit(-self._odds(rows)[0])
        return found

    def fresh(self, periods: Floats) -> Floats:
        """Return E[X(t)] of somebody new: the paper's equation (9), without its hole at a = 1."""
        periods = np.asarray(periods, dtype=np.float64)
        one, many = np.ones(len(periods)), self.b + self.leaves_first
        found = self._bought(self.r * one, self.alpha * one, many * one, periods, 0.0)
        return found * (self.b / (self.a + self.b) if self.leaves_first else 1.0)

    def discounted(self, rows: Histories, rate: float, periods: float = np.inf) -> Floats:
        """Return purchases expected from now on, discounted at a continuous rate a period.

        Without discount it is the paper's equation (10) (and the like of it for the modified model):
        whoever still is a customer has a gamma rate (r + x, alpha + T) and a beta probability (a, b + x).
        """
        bounded(periods, rate)
        n, c = self.r + rows.purchases, self.b + rows.purchases + self.leaves_first
        ends = np.full(len(rows), float(periods))
        return self.alive(rows) * self._bought(n, self.alpha + rows.age, c, ends, rate)

    def drawn(self, rows: Histories, periods: float, random: np.random.Generator) -> Bought:
        """Draw what each customer buys in the next `periods` given the history."""
        rows = each_customer(rows)
        n, c = self.r + rows.purchases, self.b + rows.purchases + self.leaves_first
        is_alive = random.random(len(rows)) < self.alive(rows)
        rates = random.gamma(n) / (self.alpha + rows.age)
        leaving = np.maximum(random.beta(self.a, c), 1e-15)
        counts = random.poisson(rates * periods) * is_alive
        bought, rank = scattered(counts, periods, random)
        is_before = rank < random.geometric(leaving)[bought.customer]
        return Bought(bought.customer[is_before], bought.at[is_before])

    def _odds(self, rows: Histories) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the log of the odds of having left, and who could."""
        c = self.b + rows.purchases + self.leaves_first - 1
        may_leave = (rows.purchases + self.leaves_first) > 0
        longer = np.log((self.alpha + rows.age) / (self.alpha + rows.last))
        odds = np.log(self.a) - np.log(np.where(may_leave, c, 1.0)) + (self.r + rows.purchases) * longer
        return np.where(may_leave, odds, -np.inf), may_leave

    def _bought(self, n: Floats, end: Floats, c: Floats, periods: Floats, rate: float) -> Floats:
        """Return the mean over rates ~ Gamma(n, end) and p ~ Beta(a, c) of what is bought in `periods`."""
        # When the last purchase was does not matter any more: far fewer rows are distinct.
        firsts, places = distinct(n, end, periods)
        found = np.empty(len(firsts))
        for block in blocks(len(firsts)):
            each = firsts[block]
            shape, scale, until = n[each], end[each], periods[each]

            def of(p: Floats, shape: Floats = shape, scale: Floats = scale, until: Floats = until) -> Floats:
                return _at_probability(p, shape, scale, until, rate)

            zero, one = np.zeros((len(each), 1)), np.ones((len(each), 1))
            leaving = np.full(len(each), self.a)
            found[block] = beta_mean(of, leaving, c[each], of(zero)[:, 0], of(one)[:, 0])
        return found[places]


@dataclass(frozen=True, slots=True)
class MbgNbd(BgNbd):
    """As BG/NBD, but a customer may also leave right after the first purchase.

    E. P. Batislam, M. Denizel and A. Filiztekin, Empirical validation and comparison of models for customer
    base analysis, International Journal of Research in Marketing 24 (2007) 201–209.
    """

    name: ClassVar[str] = "MBG/NBD"
    leaves_first: ClassVar[int] = 1


def _at_probability(p: Floats, shape: Floats, scale: Floats, until: Floats, rate: float) -> Floats:
    """Return purchases of rates ~ Gamma(shape, scale) that end with probability p (rows, nodes) at each.

    Without discount (1 - (1 + p t / scale)^-shape) / p; with it, the integral over u of
    exp(-rate u) (shape / scale) (1 + p u / scale)^-(shape + 1).
    """
    if rate == 0:
        reach = (until / scale)[:, None]
        small = -np.expm1(-shape[:, None] * np.log1p(p * reach))
        return np.where(p > 0, small / np.maximum(p, 1e-300), shape[:, None] * reach)
    found = np.zeros_like(p)
    times, weights = discounted_times(until, rate, scale / shape)
    for u, weight in zip(times.T, weights.T, strict=True):
        found += weight[:, None] * np.exp(-(shape[:, None] + 1) * np.log1p(p * (u / scale)[:, None]))
    return (shape / scale)[:, None] * found
