"""Is one of several shares the best? Said once, at the end of a trial, and never of a tie."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma

import numpy as np

ALPHA = 0.05
SAME = 1e-7
"""Probabilities that differ by less are one, for they were rounded."""


@dataclass(frozen=True, slots=True)
class Best:
    """`winner` is the number of an arm, None for a tie; `leader` has the highest share, however sure.

    `p` is that of the winner's hardest comparison: the largest of those with the other arms.
    """

    winner: int | None
    leader: int
    p: float


def fisher_exact(successes: int, trials: int, other_successes: int, other_trials: int) -> float:
    """Return the two-sided p-value of Fisher's exact test that two shares are alike.

    It adds the probabilities of all tables with the same margins that are no more probable than this one.
    Source: R. A. Fisher, The logic of inductive inference, J. Roy. Stat. Soc. 98 (1935) 39–82; the two-sided
    form: A. Agresti, Categorical Data Analysis, 3rd ed. (2013), section 3.5.
    """
    whole, hits = trials + other_trials, successes + other_successes
    if not hits or hits == whole or not trials or not other_trials:
        return 1.0
    support = range(max(0, hits - other_trials), min(hits, trials) + 1)
    logs = np.array([_ways(trials, at) + _ways(other_trials, hits - at) for at in support])
    masses = np.exp(logs - logs.max())
    own = masses[successes - support[0]]
    return float(min(1.0, masses[masses <= own * (1 + SAME)].sum() / masses.sum()))


def _ways(of: int, chosen: int) -> float:
    """Return the logarithm of the number of ways in which so many are chosen."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def best_of(successes: Sequence[int], trials: Sequence[int], *, alpha: float = ALPHA) -> Best:
    """Return the arm whose share is higher than that of every other one, if there is one.

    Nobody wins but who beats each other arm by Fisher's exact test at `alpha`, two-sided: an
    intersection–union test, which needs no correction for the number of arms (R. L. Berger, Multiparameter
    hypothesis testing and acceptance sampling, Technometrics 24 (1982) 295–300). So of arms that are alike
    one wins in at most `alpha` of all trials. It holds for one look at a time that was set before.
    """
    if len(successes) != len(trials) or not trials:
        raise ValueError("Each arm has its successes and its trials.")
    shares = [s / n if n else -1.0 for s, n in zip(successes, trials, strict=True)]
    leader = max(range(len(shares)), key=lambda at: (shares[at], -at))
    p = max(
        (
            fisher_exact(successes[leader], trials[leader], successes[at], trials[at])
            for at in range(len(shares))
            if at != leader
        ),
        default=1.0,
    )
    return Best(leader if p <= alpha else None, leader, p)
