"""Customers made event by event, as the stories of the models are told; no formula of the models is used."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from zoco.stats.value.histories import Buyers, buyers_of

Floats = NDArray[np.float64]
Log = tuple[NDArray[np.int64], Floats]
Story = Callable[[np.random.Generator, float], Floats]


def geometric(r: float, alpha: float, a: float, b: float, leaves_first: bool) -> Story:
    """Return the story of BG/NBD, or of MBG/NBD where one may leave after the first purchase."""

    def purchases(random: np.random.Generator, until: float) -> Floats:
        rate, leaving = random.gamma(r) / alpha, random.beta(a, b)
        made: list[float] = []
        at = 0.0
        is_customer = not (leaves_first and random.random() < leaving)
        while is_customer:
            at += random.exponential() / rate if rate > 0 else np.inf
            if at > until:
                break
            made.append(at)
            is_customer = random.random() >= leaving
        return np.array(made)

    return purchases


def pareto(r: float, alpha: float, s: float, beta: float) -> Story:
    """Return the story of Pareto/NBD."""

    def purchases(random: np.random.Generator, until: float) -> Floats:
        rate, leaving = random.gamma(r) / alpha, random.gamma(s) / beta
        end = min(until, random.exponential() / leaving if leaving > 0 else np.inf)
        made: list[float] = []
        at = random.exponential() / rate if rate > 0 else np.inf
        while at <= end:
            made.append(at)
            at += random.exponential() / rate
        return np.array(made)

    return purchases


def told(story: Story, customers: int, until: float, seed: int) -> Log:
    """Return a log of purchases (whose, when); people come in the first 12 periods."""
    random = np.random.default_rng(seed)
    whose, when = [], []
    for number in range(customers):
        first = random.uniform(0, 12)
        made = np.concatenate([[first], first + story(random, until - first)])
        whose.append(np.full(len(made), number))
        when.append(made)
    return np.concatenate(whose), np.concatenate(when)


def known(log: Log, until: float) -> Buyers:
    """Return what is known of them at a time."""
    return buyers_of(*log, None, until)
