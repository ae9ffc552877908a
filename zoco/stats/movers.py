"""Which part of a whole moved: the subset of one dimension's values that tells most of the difference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
VALUES_MOST = 5
# Values that moved by less than this share of the one that moved most are not worth a name.
LARGE = 0.1


@dataclass(frozen=True, slots=True)
class Movers:
    """Values of a dimension, by number. `likelihood` is the log of the ratio to "all moved alike".

    `explains` is the share of the difference that they account for, `surprise` how much the make-up changed.
    """

    values: tuple[int, ...]
    likelihood: float
    explains: float
    surprise: float


def explanatory_power(seen: Floats, expected: Floats) -> Floats:
    """Return of each value its share of the whole difference; they add up to 1.

    Bhagwan et al., Adtributor: Revenue debugging in advertising systems, NSDI 2014, section 3.2.
    """
    difference = float(seen.sum() - expected.sum())
    found: Floats = (seen - expected) / difference if difference else np.zeros(len(seen))
    return found


def surprise(seen: Floats, expected: Floats) -> Floats:
    """Return of each value its part of the Jensen–Shannon divergence of the make-up, seen against expected.

    Bhagwan et al. 2014, section 3.3: ½ (p log 2p/(p+q) + q log 2q/(p+q)), with natural logarithms.
    """
    p, q = expected / max(expected.sum(), 1e-12), seen / max(seen.sum(), 1e-12)
    middle = np.maximum(p + q, 1e-300)
    found: Floats = 0.5 * (_plogp(p, 2 * p / middle) + _plogp(q, 2 * q / middle))
    return found


def movers(seen: Floats, expected: Floats, *, is_fall: bool, dispersion: float = 1.0) -> Movers | None:
    """Return the values that moved most against the others; None where none moved that way.

    The likelihood ratio of Poisson counts inside and outside a subset (Kulldorff, Communications in
    Statistics: Theory and Methods 26 (1997) 1481–1496), searched over subsets in the order of seen /
    expected, among which the best is (Neill, Fast subset scan, J. R. Stat. Soc. B 74 (2012) 337–360,
    section 2); over `dispersion`, as counts that come in heaps tell less. Each further value costs the
    logarithm of the number of values, so that a short explanation wins; values that hardly moved have none.
    """
    moved = expected - seen if is_fall else seen - expected
    large = np.nonzero(moved >= LARGE * max(float(moved.max()), 1e-9))[0]
    ratio = seen[large] / np.maximum(expected[large], 1e-9)
    order = large[np.argsort(ratio if is_fall else -ratio, kind="stable")]
    total_seen, total = float(seen.sum()), float(expected.sum())
    best, found = 0.0, 0
    for size in range(1, min(len(order), VALUES_MOST) + 1):
        inside = order[:size]
        score = _ratio(float(seen[inside].sum()), float(expected[inside].sum()), total_seen, total, is_fall)
        score = score / dispersion - (size - 1) * np.log(len(seen) + 1.0)
        if score > best:
            best, found = score, size
    if not found:
        return None
    chosen = order[:found]
    power, news = explanatory_power(seen, expected), surprise(seen, expected)
    return Movers(
        tuple(int(each) for each in chosen), best, float(power[chosen].sum()), float(news[chosen].sum())
    )


def _ratio(seen: float, expected: float, total_seen: float, total: float, is_fall: bool) -> float:
    """Return the log of the likelihood ratio: two rates, inside and outside, against one for both."""
    outside_seen, outside = total_seen - seen, total - expected
    if outside <= 0 or expected <= 0:
        return 0.0
    inside_rate, outside_rate = seen / expected, outside_seen / outside
    if (inside_rate < outside_rate) != is_fall:
        return 0.0
    whole = total_seen / total if total else 0.0
    return _term(seen, inside_rate, whole) + _term(outside_seen, outside_rate, whole)


def _term(seen: float, rate: float, whole: float) -> float:
    return seen * float(np.log(rate / whole)) if seen > 0 else 0.0


def _plogp(p: Floats, ratio: Floats) -> Floats:
    return np.where(p > 0, p * np.log(np.maximum(ratio, 1e-300)), 0.0)
