"""Fits of models of customer value: seconds of the processor, and how near the reference comes.

The reference runs in the same process on the same customers: scipy's Nelder–Mead on one row a customer with
the published closed forms (Gauss's hypergeometric function for Pareto/NBD), from parameters that are all 1.
Customers are made by the story of MBG/NBD, in whole days; or they are those of a file of CDNOW.
Run: `.venv/bin/python -m benchmarks.value [customers | path of CDNOW_sample.txt]`
"""

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from zoco.stats.value.fitting import fit
from zoco.stats.value.geometric import BgNbd, MbgNbd
from zoco.stats.value.histories import Buyers, Histories, aggregated, buyers_of
from zoco.stats.value.intervals import totals
from zoco.stats.value.pareto import ParetoNbd
from zoco.stats.value.spend import GammaGamma, spending

Floats = NDArray[np.float64]
WEEKS = 39.0


def made(customers: int) -> Buyers:
    """Return customers who came in the first 12 weeks, as they are known after 39."""
    random = np.random.default_rng(1)
    rates, leaving = random.gamma(0.5, size=customers) / 6.0, random.beta(0.9, 1.6, customers)
    first = random.uniform(0, 12, customers)
    numbers, moments = [np.arange(customers)], [first]
    at, still = first.copy(), random.random(customers) >= leaving
    while still.any():
        at = at + random.exponential(size=customers) / np.maximum(rates, 1e-12)
        still &= at <= WEEKS
        numbers.append(np.flatnonzero(still))
        moments.append(at[still])
        still &= random.random(customers) >= leaving
    whose, when = np.concatenate(numbers), np.ceil(np.concatenate(moments) * 7) / 7
    means = 15.4 / random.gamma(3.7, size=customers)
    return buyers_of(whose, when, random.gamma(6.2, size=len(whose)) * means[whose], WEEKS)


def read(path: Path) -> Buyers:
    """Return the customers of CDNOW as they were known after 39 weeks."""
    rows = [line.split() for line in path.read_text("ascii").splitlines() if line.strip()]
    start = date(1996, 12, 31)
    weeks = [(date.fromisoformat(day) - start).days / 7 for _, _, day, _, _ in rows]
    numbers, dollars = [int(row[1]) for row in rows], [float(row[4]) for row in rows]
    return buyers_of(np.array(numbers), np.array(weeks), np.array(dollars), WEEKS)


def geometric(rows: Histories, first: int) -> Callable[[Floats], float]:
    """Return the loss of BG/NBD, or of MBG/NBD where `first` is 1, as the papers have it."""

    def loss(theta: Floats) -> float:
        r, alpha, a, b = np.exp(theta)
        n, c = r + rows.purchases, b + rows.purchases + first
        front = gammaln(n) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
        may_leave = rows.purchases + first > 0
        stayed = betaln(a, c) - n * np.log(alpha + rows.age)
        left = betaln(a + 1, np.where(may_leave, c - 1, 1.0)) - n * np.log(alpha + rows.last)
        return -float((front + np.logaddexp(stayed, np.where(may_leave, left, -np.inf))).sum())

    return loss


def pareto(rows: Histories) -> Callable[[Floats], float]:
    """Return the loss of Pareto/NBD by its closed form."""

    def loss(theta: Floats) -> float:
        r, alpha, s, beta = np.exp(theta)
        n, whole = r + rows.purchases, r + s + rows.purchases
        large, gap, second = max(alpha, beta), abs(alpha - beta), s + 1 if alpha >= beta else n

        def part(until: Floats) -> Floats:
            found: Floats = hyp2f1(whole, second, whole + 1, gap / (large + until)) / (large + until) ** whole
            return found

        front = gammaln(n) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        stayed = (alpha + rows.age) ** -n * (beta + rows.age) ** -s
        with np.errstate(all="ignore"):
            each = front + np.log(stayed + s / whole * (part(rows.last) - part(rows.age)))
        return -float(each.sum()) if np.isfinite(each).all() else 1e12

    return loss


def gamma_gamma(counts: Floats, means: Floats) -> Callable[[Floats], float]:
    """Return the loss of Gamma-Gamma."""

    def loss(theta: Floats) -> float:
        p, q, gamma = np.exp(theta)
        shape = p * counts
        each = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma)
        each = each + (shape - 1) * np.log(means) + shape * np.log(counts)
        return -float((each - (shape + q) * np.log(gamma + counts * means)).sum())

    return loss


def timed(work: Callable[[], Floats]) -> tuple[Floats, float]:
    """Return what came out, and seconds of the processor."""
    began = time.process_time()
    return work(), time.process_time() - began


def plain(loss: Callable[[Floats], float], parameters: int) -> tuple[Floats, float]:
    """Return the reference's log-likelihood and parameters, and its seconds."""

    def work() -> Floats:
        # Far out the losses have no digits left, and it would settle there.
        found = minimize(
            loss,
            np.zeros(parameters),
            method="Nelder-Mead",
            bounds=[(-9.0, 9.0)] * parameters,
            options={"maxiter": 10_000, "maxfev": 10_000, "xatol": 1e-6, "fatol": 1e-6},
        )
        return np.array([-found.fun, *np.exp(found.x)])

    return timed(work)


def main(what: str = "10000") -> None:
    """Measure and print."""
    buyers = made(int(what)) if what.isdigit() else read(Path(what))
    rows = buyers.histories
    is_back = rows.purchases > 0
    spent = spending(rows.purchases, buyers.spend)
    print(
        f"{rows.count:,} customers, {int(is_back.sum()):,} came back, {len(aggregated(rows)):,} distinct rows"
    )

    def ours(kind: type[BgNbd] | type[ParetoNbd]) -> Callable[[], Floats]:
        def work() -> Floats:
            found = fit(kind, rows)
            return np.array([found.likelihood, *found.values])

        return work

    def money() -> Floats:
        found = fit(GammaGamma, spent)
        return np.array([found.likelihood, *found.values])

    pairs: list[tuple[str, Callable[[], Floats], Callable[[Floats], float], int]] = [
        ("BG/NBD", ours(BgNbd), geometric(rows, 0), 4),
        ("MBG/NBD", ours(MbgNbd), geometric(rows, 1), 4),
        ("Pareto/NBD", ours(ParetoNbd), pareto(rows), 4),
        ("Gamma-Gamma", money, gamma_gamma(rows.purchases[is_back], buyers.spend[is_back]), 3),
    ]
    for name, work, loss, parameters in pairs:
        (found, seconds), (reference, slow) = timed(work), plain(loss, parameters)
        print(
            f"{name:12} {seconds:7.3f} s   Nelder–Mead {slow:8.3f} s   "
            f"ours is {slow / seconds:6.1f} times as fast, with a log-likelihood of {found[0]:.4f}, "
            f"{found[0] - reference[0]:+.4f} to it"
        )
        print(" " * 13 + "parameters " + " ".join(f"{each:.4f}" for each in found[1:]))
    fitted = fit(BgNbd, rows)
    _none, seconds = timed(lambda: np.array([totals(fitted, rows, WEEKS)[-1].expected]))
    print(f"what all buy in {WEEKS:.0f} weeks, with both intervals of 200 draws: {seconds:.3f} s")


if __name__ == "__main__":
    main(*sys.argv[1:2])
