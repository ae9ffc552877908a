"""k-medoids: each group stands around one of its customers, who can be shown as what the group is like."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.kinds.features import Features, distances

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STARTS = 4
# Distances of so many to each other are held at once: 32 MB.
SAMPLE = 2_000
SAMPLES = 3
PASSES = 100


class TooFew(ValueError):
    """There are fewer different customers than groups are asked for."""


@dataclass(frozen=True, slots=True)
class Groups:
    """`labels` is the group of each row, the largest group 0; `medoids` the row each group stands around.

    `cost` is the mean distance to the own medoid, in standard deviations. Where rows were sampled,
    medoids are of the best sample, and everybody is with the nearest.
    """

    labels: Ints
    medoids: Ints
    cost: float
    is_sampled: bool


def grouped(rows: Features, groups: int, *, seed: int) -> Groups:
    """Return that many groups by the sum of distances to medoids.

    FasterPAM from several random starts: E. Schubert and P. J. Rousseeuw, Fast and eager k-medoids
    clustering, Information Systems 101 (2021) 101804, algorithm 3. It ends where no exchange of a medoid
    for another customer makes the sum smaller. Of more than 2,000 rows samples are grouped and the medoids
    taken that suit all best: L. Kaufman and P. J. Rousseeuw, Finding Groups in Data (1990), chapter 3
    (CLARA). Raises TooFew.
    """
    values = rows.standard
    if groups < 1 or len(np.unique(values, axis=0)) < groups:
        raise TooFew(f"There are fewer than {groups} different customers to group.")
    random = np.random.default_rng(seed)
    is_sampled = len(values) > SAMPLE
    best, lowest = np.arange(0), np.inf
    for _ in range(SAMPLES if is_sampled else 1):
        taken = (
            np.sort(random.choice(len(values), SAMPLE, replace=False))
            if is_sampled
            else np.arange(len(values))
        )
        medoids = taken[around(distances(values[taken], values[taken]), groups, random)]
        cost = float(distances(values, values[medoids]).min(axis=1).mean())
        if cost < lowest:
            best, lowest = medoids, cost
    nearest = distances(values, values[best]).argmin(axis=1)
    order = np.argsort(-np.bincount(nearest, minlength=groups), kind="stable")
    labels = np.empty(groups, dtype=np.int64)
    labels[order] = np.arange(groups)
    return Groups(labels[nearest], best[order].astype(np.int64), lowest, is_sampled)


def around(apart: Floats, groups: int, random: np.random.Generator) -> Ints:
    """Return the medoids of the best of several starts, for distances (rows, rows)."""
    best, lowest = np.arange(0), np.inf
    for _ in range(STARTS):
        medoids = _exchanged(apart, random.choice(len(apart), groups, replace=False), random)
        cost = float(apart[:, medoids].min(axis=1).sum())
        if cost < lowest:
            best, lowest = medoids, cost
    return best.astype(np.int64)


def _exchanged(apart: Floats, medoids: Ints, random: np.random.Generator) -> Ints:
    """Return medoids after every exchange that makes the sum smaller, each made as soon as it is found."""
    medoids, groups = medoids.copy(), len(medoids)
    own, near, next_near, leaving = _nearest(apart, medoids)
    candidates, unchanged = random.permutation(len(apart)), 0
    for at in range(PASSES * len(apart)):
        if unchanged == len(apart):
            break
        candidate = candidates[at % len(apart)]
        unchanged += 1
        if candidate in medoids:
            continue
        to = apart[:, candidate]
        gained = np.minimum(to - near, 0.0)
        # What a medoid's own would do without it, now that the candidate takes some of them in.
        without = np.where(to < near, near - next_near, np.minimum(to - next_near, 0.0))
        change = leaving + np.bincount(own, weights=without, minlength=groups)
        worst = int(change.argmin())
        if change[worst] + gained.sum() < -1e-9:
            medoids[worst] = candidate
            own, near, next_near, leaving = _nearest(apart, medoids)
            unchanged = 0
    return medoids


def _nearest(apart: Floats, medoids: Ints) -> tuple[Ints, Floats, Floats, Floats]:
    """Return each row's medoid, distances to it and to the next, and what each medoid saves."""
    to = apart[:, medoids]
    rows, own = np.arange(len(to)), to.argmin(axis=1)
    near = to[rows, own]
    if len(medoids) == 1:
        # There is no other medoid: whoever loses the only one goes to the candidate, however far.
        far = np.full(len(to), apart.max() + 1)
        return own, near, far, np.array([(far - near).sum()])
    rest = to.copy()
    rest[rows, own] = np.inf
    next_near = rest.min(axis=1)
    saved: Floats = np.bincount(own, weights=next_near - near, minlength=len(medoids)).astype(np.float64)
    return own, near, next_near, saved


def silhouette(rows: Features, labels: Ints) -> float:
    """Return the mean silhouette: near 1 where groups are tight and apart, 0 where they run into each other.

    P. J. Rousseeuw, Journal of Computational and Applied Mathematics 20 (1987) 53–65; a row that is alone
    in its group has 0. Of at most 2,000 rows, evenly taken, as it needs all distances.
    """
    some = (
        np.arange(len(rows))
        if len(rows) <= SAMPLE
        else np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)
    )
    values, names = rows.standard[some], np.unique(labels[some], return_inverse=True)[1]
    is_in = (names[:, None] == np.arange(names.max() + 1)).astype(np.float64)
    sizes, sums = is_in.sum(axis=0), distances(values, values) @ is_in
    if len(sizes) < 2:
        return 0.0
    number = np.arange(len(values))
    own = sums[number, names] / np.maximum(sizes[names] - 1, 1)
    means = sums / sizes
    means[number, names] = np.inf
    other = means.min(axis=1)
    each = np.where(sizes[names] > 1, (other - own) / np.maximum(np.maximum(own, other), 1e-300), 0.0)
    return float(each.mean())
