"""Whole units for shares: they add up to the whole, and no name or order decides who gets the last one."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from zoco.stats.attribution.paths import Floats, Ints

NOISE = Fraction(1, 10**12)
"""Shares that differ by less than this part of the whole are one: they were worked out in another order."""
NOISE_LEAST = Fraction(1, 10**9)


def apportion(whole: int, shares: Floats, names: Sequence[str] | None = None) -> tuple[Ints, int]:
    """Return whole numbers in proportion to shares, and what is left undivided; together they are `whole`.

    The method of largest remainders (Hamilton's; M. L. Balinski and H. P. Young, Fair Representation, 2nd ed.
    2001, appendix A): each gets its quota rounded down, and the rest goes, one each, to those with the
    largest remainders. Where several with the same remainder would have to share fewer units than they are,
    whoever got one would owe it to his name or place: none does, and the units, fewer than there are shares,
    stay undivided. With `names` they go to those that come first in the alphabet, and nothing is undivided.
    Neither shares nor `whole` may be negative; of no shares at all the whole stays undivided.
    """
    exact = [Fraction(float(each)) for each in shares]
    together = sum(exact)
    if together <= 0:
        return np.zeros(len(exact), dtype=np.int64), whole
    quotas = [each / together * whole for each in exact]
    noise = min(max(whole * NOISE, NOISE_LEAST), Fraction(1, 4 * len(quotas)))
    given = [round(each) if abs(each - round(each)) <= noise else int(each) for each in quotas]
    left = whole - sum(given)
    for tied in _tied([quota - units for quota, units in zip(quotas, given, strict=True)], noise):
        chosen = tied
        if left < len(tied):
            chosen = sorted(tied, key=lambda at: names[at])[:left] if names is not None else []
        for each in chosen:
            given[each] += 1
        left -= len(chosen)
        if not chosen:
            break
    return np.array(given, dtype=np.int64), left


def _tied(remainders: Sequence[Fraction], noise: Fraction) -> list[list[int]]:
    """Return places in groups of the same remainder, the largest first, without those of whole quotas."""
    groups: list[list[int]] = []
    last = Fraction(2)
    for at in sorted(range(len(remainders)), key=lambda at: -remainders[at]):
        if remainders[at] <= noise:
            break
        if last - remainders[at] <= noise:
            groups[-1].append(at)
        else:
            groups.append([at])
        last = remainders[at]
    return groups
