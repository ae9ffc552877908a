"""How far figures would wander if other people of the same kind had come: a bootstrap over people."""

from collections.abc import Iterator
from math import factorial

import numpy as np
import scipy

from zoco.stats.attribution.distinct import Distinct
from zoco.stats.attribution.models import Parts
from zoco.stats.attribution.paths import Floats, Ints

CELLS = 4_000_000
"""Numbers that are held at once, so that memory stays near 100 MB."""
ONE = np.searchsorted(
    np.cumsum([np.exp(-1.0) / factorial(k) for k in range(12)]), (np.arange(1 << 16) + 0.5) / (1 << 16)
).astype(float)
"""Poisson numbers of mean 1 for 16 random bits: quicker than drawing each, and right to 1 in 65,536."""


def worths_seen(seen: Distinct, parts: Parts) -> Floats:
    """Return what each channel is worth among those who came."""
    found: Floats = parts.worths((parts.features.T @ seen.paths.counts.astype(float))[None, :])[0]
    return found


def worths_drawn(
    seen: Distinct, parts: Parts, gains: Floats, replicates: int, seed: int
) -> tuple[Floats, Floats]:
    """Return what channels are worth and what is gained, a row for each time that people are drawn again.

    How often somebody is drawn is Poisson with mean 1, so a group of n alike is drawn Poisson(n) times, and
    one number stands for all of them (J. A. Hanley and B. MacGibbon, Creating non-parametric bootstrap
    samples using Poisson frequencies, Computer Methods and Programs in Biomedicine 83 (2006) 57–62;
    N. Chamandy, O. Muralidharan, A. Najmi and S. Naidu, Estimating uncertainty for massive data streams,
    2012, section 3).
    All paths of somebody come together: they are not independent. The same seed gives the same draws.
    """
    features = seen.held @ scipy.sparse.hstack(
        [parts.features, scipy.sparse.csr_array(gains[:, None])], format="csr"
    )
    # Whoever has no feature changes nothing, however often he is drawn.
    counted = np.diff(features.indptr) > 0
    features, people = features[counted], seen.people[counted]
    worths, gained = [], []
    for drawn in _drawn(people, parts.cells, replicates, seed):
        summed = (features.T @ drawn).T
        worths.append(parts.worths(summed[:, :-1]))
        gained.append(summed[:, -1])
    return np.concatenate(worths), np.concatenate(gained)


def _drawn(people: Ints, cells: int, replicates: int, seed: int) -> Iterator[Floats]:
    """Yield how often each group is drawn: a row a group, a column a replicate."""
    rng = np.random.default_rng(seed)
    at_once = max(1, min(replicates, CELLS // max(cells, len(people), 1)))
    is_one = people == 1
    more = people[~is_one].astype(float)[:, None]
    for start in range(0, replicates, at_once):
        width = min(at_once, replicates - start)
        found = np.empty((len(people), width))
        found[is_one] = ONE[rng.integers(0, 1 << 16, (int(is_one.sum()), width), dtype=np.uint16)]
        found[~is_one] = rng.poisson(more, (len(more), width))
        yield found
