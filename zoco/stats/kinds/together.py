"""What goes together: how much oftener two things meet than if they did not know of each other."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import chain

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
CONFIDENCE = 0.95
FEWEST = 5
THINGS_MOST = 1_000
"""So many things of a side are looked at: pairs of all could be as many as their square."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`both` occasions of `whole` have the first (of `first`) and the second (of `second`).

    `lift` is both whole / (first second), 1 for what do not know of each other. `low` and `high` bound it
    with `CONFIDENCE` for all pairs together that there could be. `chance` is both / first.
    """

    one: str
    other: str
    both: int
    first: int
    second: int
    whole: int
    lift: float
    low: float
    high: float

    @property
    def chance(self) -> float:
        """The share of occasions with the first that have the second."""
        return self.both / self.first

    @property
    def is_sure(self) -> bool:
        """Whether the pair meets oftener than by chance, however many pairs there could be."""
        return self.low > 1


def pairs(
    occasions: Iterable[tuple[Set[str], Set[str]]],
    *,
    fewest: int = FEWEST,
    is_ordered: bool = False,
    most: int | None = None,
    each_most: int | None = None,
) -> list[Pair]:
    """Return pairs of a thing on the first and another on the second side of at least `fewest` occasions.

    The surest first, `most` of them, or with `each_most` sure ones alone, of each first thing the likeliest.
    They are of the `THINGS_MOST` that are met oftenest on each side. `both` is
    held against first second / whole by the exact interval of a Poisson mean
    (F. Garwood, Fiducial Limits for the Poisson Distribution, Biometrika 28 (1936) 437–442); where both
    sides are frequent, counts vary less than Poisson's, so that it is wider than need be. Each interval is
    at 1 - 0.05 / pairs (Bonferroni), of all pairs that things on both sides could form: those that are
    returned were chosen by how often they meet, so that their number would correct for too little. Where
    both sides are one, give the same set twice: each pair is found once.
    """
    given = list(occasions)
    first = Counter(chain.from_iterable(before for before, _after in given))
    second = Counter(chain.from_iterable(after for _before, after in given)) if is_ordered else first
    ones, others = _frequent(first, fewest), _frequent(second, fewest)
    one, other, both = _met(given, ones, others, is_ordered)
    kept = both >= fewest
    one, other, both = one[kept], other[kept], both[kept]
    by_chance = np.array([first[each] for each in ones], dtype=np.float64)[one]
    by_chance *= np.array([second[each] for each in others], dtype=np.float64)[other] / max(len(given), 1)
    level = (1 - CONFIDENCE) / max(_possible(first.keys(), second.keys(), is_ordered), 1)
    low, high = (each / by_chance for each in _bounds(both, level))
    best = np.lexsort((other, one, -both, -low))  # things stand in the order of their names
    best = best[:most] if each_most is None else _likeliest(best, one, both, low, each_most)
    return [
        Pair(
            ones[one[at]], others[other[at]], int(both[at]), first[ones[one[at]]], second[others[other[at]]],
            len(given), float(both[at] / by_chance[at]), float(low[at]), float(high[at]),
        )
        for at in best
    ]  # fmt: skip


def left_out(things: Iterable[Set[str]], *, fewest: int = FEWEST) -> frozenset[str]:
    """Return what is met often enough for a pair, but not among the things of a side that are looked at."""
    counts = Counter(chain.from_iterable(things))
    often = (name for name, count in counts.items() if count >= fewest)
    return frozenset(often).difference(_frequent(counts, fewest))


def _likeliest(best: Whole, one: Whole, both: Floats, low: Floats, most: int) -> Whole:
    """Return sure pairs, of each first thing those that it is oftenest met with; as sure ones by `best`."""
    sure = best[low[best] > 1]
    sure = sure[np.lexsort((np.arange(len(sure)), -both[sure], one[sure]))]
    _things, starts, many = np.unique(one[sure], return_index=True, return_counts=True)
    rank = np.arange(len(sure)) - np.repeat(starts, many)
    return sure[rank < most]


def _frequent(counts: Counter[str], fewest: int) -> list[str]:
    """Return the things that could be in a pair, by name: one that is met less often is in none."""
    often = [(-count, name) for name, count in counts.items() if count >= fewest]
    return sorted(name for _count, name in heapq.nsmallest(THINGS_MOST, often))


def _met(
    given: Sequence[tuple[Set[str], Set[str]]], ones: Sequence[str], others: Sequence[str], is_ordered: bool
) -> tuple[Whole, Whole, Floats]:
    """Return which things meet, by their numbers, and on how many occasions."""
    before = _marked([each for each, _after in given], ones)
    after = _marked([each for _before, each in given], others) if is_ordered else before
    met = (before.T @ after).tocoo()
    one, other = met.row, met.col
    if is_ordered:
        numbers = {name: number for number, name in enumerate(others)}
        same = np.array([numbers.get(name, -1) for name in ones], dtype=np.int64)
        kept = same[one] != other if len(ones) else np.zeros(0, dtype=np.bool_)
    else:
        kept = one < other
    return one[kept], other[kept], met.data[kept].astype(np.float64)


def _marked(occasions: Sequence[Set[str]], things: Sequence[str]) -> scipy.sparse.csr_array:
    """Return a row of an occasion and a column of a thing, 1 where it is met."""
    numbers = {name: number for number, name in enumerate(things)}
    rows, columns = list[int](), list[int]()
    for at, each in enumerate(occasions):
        here = [numbers[name] for name in each if name in numbers]
        rows += [at] * len(here)
        columns += here
    ones = np.ones(len(rows), dtype=np.int64)
    return scipy.sparse.csr_array((ones, (rows, columns)), shape=(len(occasions), len(things)))


def _possible(first: Set[str], second: Set[str], is_ordered: bool) -> int:
    """Return how many pairs of two different things there could be, whether or not they ever met."""
    if is_ordered:
        return len(first) * len(second) - len(first & second)
    things = len(first | second)
    return things * (things - 1) // 2


def _bounds(counts: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the bounds of the means of Poisson counts above 0, each end missed by half of `level`."""
    low: Floats = np.asarray(scipy.special.gammaincinv(counts, level / 2), dtype=np.float64)
    high: Floats = np.asarray(scipy.special.gammainccinv(counts + 1, level / 2), dtype=np.float64)
    return low, high
