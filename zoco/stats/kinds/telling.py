"""May a group be trusted, and what sets it apart."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.kinds.features import Features

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS = 50
# As the author's R package fpc tells: below the one a group is no finding, from the other on it is stable.
DOUBTFUL, STABLE = 0.6, 0.75


@dataclass(frozen=True, slots=True)
class Mark:
    """A feature in one group: `difference` is group less all others, in standard deviations of everybody.

    `inside` and `outside` are medians of the values as they came.
    """

    feature: str
    difference: float
    inside: float
    outside: float


def stability(
    rows: Features,
    labels: Ints,
    grouping: Callable[[Features, int], Ints],
    *,
    seed: int,
    draws: int = DRAWS,
) -> Floats:
    """Return of each group how well bootstrap samples find it again, as a mean of Jaccard's coefficient.

    C. Hennig, Cluster-wise assessment of cluster stability, Computational Statistics & Data Analysis 52
    (2007) 258–271, section 3: rows are drawn with replacement and grouped again by `grouping(rows, seed)`; a
    group is compared, among the rows that were drawn, with the new group most like it. A draw in which
    none of its rows is does not count. Values from 0.75 on are stable, below 0.6 the group is no finding.
    """
    random = np.random.default_rng(seed)
    groups = int(labels.max()) + 1
    sums, counts = np.zeros(groups), np.zeros(groups)
    for number in range(draws):
        drawn = random.integers(len(rows), size=len(rows))
        some = Features(rows.names, rows.logs, rows.values[drawn], rows.standard[drawn])
        found = grouping(some, seed + number)
        once, first = np.unique(drawn, return_index=True)
        both = np.zeros((groups, int(found.max()) + 1))
        np.add.at(both, (labels[once], found[first]), 1)
        either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
        alike = np.divide(both, either, out=np.zeros_like(both), where=either > 0).max(axis=1)
        is_there = both.sum(axis=1) > 0
        sums += np.where(is_there, alike, 0.0)
        counts += is_there
    return sums / np.maximum(counts, 1)


def marks(rows: Features, labels: Ints) -> list[tuple[Mark, ...]]:
    """Return of each group its features, the one that sets it apart most first.

    By the difference of means of the standardised features (J. Cohen, Statistical Power Analysis, 2nd ed.
    (1988), section 2.2: 0.2 is small, 0.8 large), with the spread of everybody as the unit.
    """
    found = []
    for group in range(int(labels.max()) + 1):
        is_in = labels == group
        others = ~is_in if not is_in.all() else is_in
        gap = rows.standard[is_in].mean(axis=0) - rows.standard[others].mean(axis=0)
        inside, outside = np.median(rows.values[is_in], axis=0), np.median(rows.values[others], axis=0)
        each = [
            Mark(name, float(gap[at]), float(inside[at]), float(outside[at]))
            for at, name in enumerate(rows.names)
        ]
        found.append(tuple(sorted(each, key=lambda mark: -abs(mark.difference))))
    return found
