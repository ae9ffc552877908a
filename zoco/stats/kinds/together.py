"""What goes together: how much oftener two things meet than if they did not know of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from math import exp, log, sqrt

from zoco.stats.proportions import normal_quantile

CONFIDENCE = 0.95
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """`both` occasions of `whole` have the first (of `first`) and the second (of `second`).

    `lift` is both whole / (first second), 1 for what do not know of each other. `low` and `high` bound it
    with `CONFIDENCE` for all pairs looked at together. `chance` is both / first.
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
        """Whether the pair meets oftener than by chance, however many pairs were looked at."""
        return self.low > 1


def pairs(
    occasions: Iterable[tuple[Set[str], Set[str]]], *, fewest: int = FEWEST, is_ordered: bool = False
) -> list[Pair]:
    """Return pairs of a thing on the first and another on the second side of at least `fewest` occasions.

    The surest first. Intervals are normal in the logarithm, by the delta method for multinomial counts
    (A. Agresti, Categorical Data Analysis, 3rd ed. (2013), section 16.1), at 1 - 0.05 / pairs each
    (Bonferroni). Where both sides are one, give the same set twice: each pair is found once.
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
    half = normal_quantile(1 - (1 - CONFIDENCE) / max(len(kept), 1))
    found = [
        _pair(*pair, count, first[pair[0]], second[pair[1]], whole, half) for pair, count in kept.items()
    ]
    return sorted(found, key=lambda pair: (-pair.low, -pair.both, pair.one, pair.other))


def _pair(one: str, other: str, both: int, first: int, second: int, whole: int, half: float) -> Pair:
    lift = both * whole / (first * second)
    apart = 1 / both - 1 / first - 1 / second + 2 * both / (first * second) - 1 / whole
    spread = sqrt(max(apart, 0.0))
    low, high = (exp(log(lift) + sign * half * spread) for sign in (-1, 1))
    return Pair(one, other, both, first, second, whole, lift, low, high)
