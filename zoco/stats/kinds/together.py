"""What goes together: how much oftener two things meet than if they did not know of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
FEWEST = 5


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
    occasions: Iterable[tuple[Set[str], Set[str]]], *, fewest: int = FEWEST, is_ordered: bool = False
) -> list[Pair]:
    """Return pairs of a thing on the first and another on the second side of at least `fewest` occasions.

    The surest first. `both` is held against first second / whole by the exact interval of a Poisson mean
    (F. Garwood, Fiducial Limits for the Poisson Distribution, Biometrika 28 (1936) 437–442); where both
    sides are frequent, counts vary less than Poisson's, so that it is wider than need be. Each interval is
    at 1 - 0.05 / pairs (Bonferroni), of all pairs that things on both sides could form: those that are
    returned were chosen by how often they meet, so that their number would correct for too little. Where
    both sides are one, give the same set twice: each pair is found once.
    """
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    whole = 0
    for before, after in occasions:
        whole += 1
        first.update(before)
        second.update(after)
        both.update((one, other) for one in before for other in after if is_ordered or one < other)
    kept = {pair: count for pair, count in both.items() if count >= fewest and pair[0] != pair[1]}
    level = (1 - CONFIDENCE) / max(_possible(first.keys(), second.keys(), is_ordered), 1)
    low, high = _bounds(np.array(list(kept.values()), dtype=np.float64), level)
    found = []
    for place, ((one, other), count) in enumerate(kept.items()):
        by_chance = first[one] * second[other] / whole
        bounds = float(low[place]) / by_chance, float(high[place]) / by_chance
        found.append(Pair(one, other, count, first[one], second[other], whole, count / by_chance, *bounds))
    return sorted(found, key=lambda pair: (-pair.low, -pair.both, pair.one, pair.other))


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
