"""Pareto/NBD: purchases come at a rate of the customer's own until a lifetime, also his own, is over."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.value.buying import SHAPES, Bought, Buying, each_customer, scattered
from zoco.stats.value.histories import Histories, distinct
from zoco.stats.value.quadrature import END, bounded, discounted_times, legendre

Floats = NDArray[np.float64]
NODES = 32


@dataclass(frozen=True, slots=True)
class ParetoNbd(Buying):
    """Rates of purchase are gamma (shape r, rate alpha), rates of leaving gamma (shape s, rate beta).

    D. C. Schmittlein, D. G. Morrison and R. Colombo, Counting your customers: who are they and what will
    they do next?, Management Science 33 (1987) 1–24; formulas as in P. S. Fader and B. G. S. Hardie, A note
    on deriving the Pareto/NBD model and related expressions (2005).
    """

    name: ClassVar[str] = "Pareto/NBD"

    r: float
    alpha: float
    s: float
    beta: float

    @classmethod
    def starts(cls, rows: Histories) -> Floats:
        """Return parameters to begin at, one row a start."""
        rate, age = cls.pace(rows)
        return np.array([(r, max(r, 0.5) / rate, s, age * lives / 5) for r, s, lives in SHAPES])

    def scored(self, rows: Histories) -> tuple[float, Floats]:
        """Return the log-likelihood and its gradient by the logarithms of the parameters.

        The note's section 3 before the last integral is taken: still a customer at T, or left at a
        moment between the last purchase and T. That integral is summed as it stands, as its integrand is
        positive and smooth, where the closed form is a difference of two hypergeometric functions.
        """
        digamma, expit, gammaln = scipy.special.digamma, scipy.special.expit, scipy.special.gammaln
        n = self.r + rows.purchases
        end, life = self.alpha + rows.age, self.beta + rows.age
        left, means = self._left(rows)
        stayed = -n * np.log(end) - self.s * np.log(life)
        each = gammaln(n) - gammaln(self.r) + self.r * np.log(self.alpha) + self.s * np.log(self.beta)
        each += np.logaddexp(stayed, left)
        gone = expit(left - stayed)
        log_buying, log_leaving, buying, leaving = means
        stay = 1 - gone
        gradient = np.array([
            digamma(n) - digamma(self.r) + np.log(self.alpha) - stay * np.log(end) - gone * log_buying,
            self.r / self.alpha - n * (stay / end + gone * buying),
            np.log(self.beta) - stay * np.log(life) + gone * (1 / self.s - log_leaving),
            self.s / self.beta - stay * self.s / life - gone * (self.s + 1) * leaving,
        ])  # fmt: skip
        parameters = np.array([self.r, self.alpha, self.s, self.beta])
        return float(rows.customers @ each), parameters * (gradient @ rows.customers)

    def alive(self, rows: Histories) -> Floats:
        """Return the probability of still being a customer: the note's section 5."""
        firsts, places = distinct(rows.purchases, rows.last, rows.age)
        some = rows.taken(firsts)
        stayed = -(self.r + some.purchases) * np.log(self.alpha + some.age)
        stayed -= self.s * np.log(self.beta + some.age)
        found: Floats = scipy.special.expit(stayed - self._left(some)[0])
        return found[places]

    def fresh(self, periods: Floats) -> Floats:
        """Return E[X(t)] of somebody new: the note's section 4, without its hole at s = 1."""
        periods = np.asarray(periods, dtype=np.float64)
        return self.r / self.alpha * self._lived(np.full(len(periods), self.beta), periods, 0.0)

    def discounted(self, rows: Histories, rate: float, periods: float = np.inf) -> Floats:
        """Return purchases expected from now on, discounted at a continuous rate a period.

        Without discount the note's section 6. With it and without end it is the discounted expected
        residual transactions of Fader, Hardie and Lee, RFM and CLV: using iso-value curves for customer base
        analysis, Journal of Marketing Research 42 (2005) 415–430, equation (2).
        """
        bounded(periods, rate)
        pace = (self.r + rows.purchases) / (self.alpha + rows.age)
        lived = self._lived(self.beta + rows.age, np.full(len(rows), float(periods)), rate)
        return self.alive(rows) * pace * lived

    def drawn(self, rows: Histories, periods: float, random: np.random.Generator) -> Bought:
        """Draw what each customer buys in the next `periods` given the history."""
        rows = each_customer(rows)
        is_alive = random.random(len(rows)) < self.alive(rows)
        rates = random.gamma(self.r + rows.purchases) / (self.alpha + rows.age)
        leaving = np.maximum(random.gamma(self.s, size=len(rows)) / (self.beta + rows.age), 1e-300)
        lives = random.exponential(size=len(rows)) / leaving
        bought, _rank = scattered(random.poisson(rates * periods) * is_alive, periods, random)
        is_before = bought.at < lives[bought.customer]
        return Bought(bought.customer[is_before], bought.at[is_before])

    def _lived(self, life: Floats, periods: Floats, rate: float) -> Floats:
        """Return the mean time of a Pareto lifetime that falls into `periods`, discounted."""
        if rate == 0:
            reach = np.log1p(periods / life)
            found: Floats = life * reach * scipy.special.exprel((1 - self.s) * reach)
            return found
        times, weights = discounted_times(periods, rate, life)
        within: Floats = (weights * np.exp(-self.s * np.log1p(times / life[:, None]))).sum(axis=1)
        return within

    def _left(self, rows: Histories) -> tuple[Floats, tuple[Floats, Floats, Floats, Floats]]:
        """Return the log of s ∫ (alpha + u)^-(r + x) (beta + u)^-(s + 1) du from t_x to T.

        With it the means under the integrand of log(alpha + u), log(beta + u) and of their derivatives.
        Nodes are even in log(u + the smaller scale), and end where the integrand has died.
        """
        n, shape = (self.r + rows.purchases)[:, None], self.s + 1
        small = min(self.alpha, self.beta)
        with np.errstate(over="ignore"):
            dead = np.minimum(
                (self.alpha + rows.last) * np.expm1(END / n[:, 0]),
                (self.beta + rows.last) * np.expm1(END / shape),
            )
        low = np.log(small + rows.last)
        width = np.log1p(np.minimum(rows.age - rows.last, dead) / (small + rows.last))
        places, weights = legendre(NODES)
        steps = low[:, None] + width[:, None] * places
        moved = np.exp(steps)
        buying, leaving = moved + (self.alpha - small), moved + (self.beta - small)
        # One of both is `moved` itself, whose logarithm is known.
        log_buying = steps if self.alpha == small else np.log(buying)
        log_leaving = steps if self.beta == small else np.log(leaving)
        logs = steps + np.log(weights) - n * log_buying - shape * log_leaving
        peak = logs.max(axis=1)
        parts = np.exp(logs - peak[:, None])
        whole = parts.sum(axis=1)
        with np.errstate(divide="ignore"):
            # Nobody left between a last purchase at the end and the end: the logarithm of nothing.
            left = np.log(self.s) + np.log(width) + peak + np.log(whole)
        means = (log_buying, log_leaving, 1 / buying, 1 / leaving)
        first, second, third, fourth = (np.einsum("ij,ij->i", parts, each) / whole for each in means)
        return left, (first, second, third, fourth)
