"""Comparing groups of answers: how far their scores lie apart, and whether that may be chance.

Periods are held against the period before, other groups against all others together. All comparisons of a
table hold at once with 95 %: each interval is wider by Bonferroni's correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zoco.stats.proportions import CONFIDENCE, difference
from zoco.stats.scores import net_difference
from zoco.surveys.designs import CSAT, NPS
from zoco.surveys.results.figures import DETRACTORS, NET, PROMOTERS, SMALL, TOP, Found

OVER_TIME = ("month", "week")


@dataclass(frozen=True, slots=True)
class Gap:
    """The difference to what a group is held against, of the figure `key`; bounds are None with too few."""

    key: str
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def differs(self) -> bool:
        """Whether chance alone hardly brings it about."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def gaps_of(groups: Sequence[Found], by: str) -> list[Gap | None]:
    """Return for each group with an answer how far it lies from the other; None where there is no other."""
    pairs = [(each, _other(groups, number, by)) for number, each in enumerate(groups)]
    many = sum(_is_enough(each, other) for each, other in pairs)
    confidence = 1 - (1 - CONFIDENCE) / max(many, 1)
    return [_gap(each, other, confidence) for each, other in pairs]


def _other(groups: Sequence[Found], number: int, by: str) -> list[Found]:
    if by in OVER_TIME:
        return list(groups[number - 1 : number]) if number else []
    return [*groups[:number], *groups[number + 1 :]]


def _is_enough(found: Found, others: Sequence[Found]) -> bool:
    return found.n >= SMALL and sum(each.n for each in others) >= SMALL


def _gap(found: Found, others: Sequence[Found], confidence: float) -> Gap | None:
    n = sum(each.n for each in others)
    if not n or found.question.kind not in (NPS, CSAT):
        return None
    if found.question.kind == CSAT:
        mine, theirs = _count(found, TOP), sum(_count(each, TOP) for each in others)
        value = mine / found.n - theirs / n
        bounds = difference(mine, found.n, theirs, n, confidence)
        return Gap(TOP, value, *bounds) if _is_enough(found, others) else Gap(TOP, value)
    one = (_count(found, PROMOTERS), _count(found, DETRACTORS), found.n)
    other = (
        sum(_count(each, PROMOTERS) for each in others), sum(_count(each, DETRACTORS) for each in others), n,
    )  # fmt: skip
    value = (one[0] - one[1]) / found.n - (other[0] - other[1]) / n
    bounds = net_difference(one, other, confidence)
    return Gap(NET, value, *bounds) if _is_enough(found, others) else Gap(NET, value)


def _count(found: Found, key: str) -> int:
    return next(each.count for each in found.head if each.key == key)
