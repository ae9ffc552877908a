"""Placebos of a group of units: it is pretended of other groups of as many units that they were treated.

A. Abadie, A. Diamond and J. Hainmueller, J. Amer. Stat. Assoc. 105 (2010) 493–505, section 2.4, for groups:
several units together are smoother than one, so that only groups of as many are alike.
"""

from itertools import combinations, islice
from math import comb

import numpy as np

from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.shifts import group_of
from zoco.stats.incrementality.synthetic import TINY, simplex_fit

GROUPS_MOST = 100


def group_placebos(
    panel: Panel, treated: frozenset[str], since: int, *, seed: int = 1
) -> tuple[float, int] | None:
    """Return the share of groups, the treated one among them, that are as far off, and how many there are.

    The statistic is the ratio of root mean squared gaps since row `since` and before. All groups of as many
    untreated units are taken, or 100 of them by chance. None where fewer units are left than would be
    compared with a group.
    """
    others = [name for name in panel.units if name not in treated]
    size = len(treated)
    if len(others) - size < 2:
        return None
    if comb(len(others), size) <= GROUPS_MOST:
        groups = [frozenset(each) for each in combinations(others, size)]
    else:
        random = np.random.default_rng(seed)
        drawn = (frozenset(random.choice(others, size, replace=False).tolist()) for _ in iter(int, 1))
        groups = list(dict.fromkeys(islice(drawn, 4 * GROUPS_MOST)))[:GROUPS_MOST]
    mine = _ratio(panel, treated, frozenset(), since)
    ratios = []
    for group in groups:
        try:
            ratios.append(_ratio(panel, group, treated, since))
        except BadPanel:  # nothing came from them before
            continue
    as_far = sum(each >= mine * (1 - 1e-9) for each in ratios)
    return (1 + as_far) / (1 + len(ratios)), 1 + len(ratios)


def _ratio(panel: Panel, group: frozenset[str], left_out: frozenset[str], since: int) -> float:
    kept = [at for at, name in enumerate(panel.units) if name not in left_out]
    part = Panel(tuple(panel.units[at] for at in kept), panel.outcomes[:, kept])
    found = group_of(part, group, since)
    weights = simplex_fit(found.donors[:since], found.actual[:since])
    gaps = found.actual - found.donors @ weights
    before, after = (float(np.sqrt((each**2).mean())) for each in (gaps[:since], gaps[since:]))
    return after / max(before, TINY)
