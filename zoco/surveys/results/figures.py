"""Figures of one question: shares and scores, each with its interval. Words are said elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from zoco.stats.means import student_bounds
from zoco.stats.proportions import wilson
from zoco.stats.scores import recommended
from zoco.surveys.designs import AIDED, CSAT, MULTIPLE, NPS, SINGLE, UNAIDED, Question
from zoco.surveys.results.brands import recalled

SMALL = 30
"""Below so many answers it is said that they are few."""
SATISFIED = 4
NET, TOP, MEAN = "nps", "top2", "mean"
PROMOTERS, PASSIVES, DETRACTORS, FIRST = "promoters", "passives", "detractors", "first"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `key` is a word from above, the key of an option, or the place of a brand.

    `value`, `low` and `high` are shares; of NET from -1 to 1, of MEAN from 1 to 5. Bounds may be lacking.
    """

    key: str
    count: int
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was answered to a question by `n`. `head` are its figures, `lines` the shares of what was said."""

    question: Question
    n: int
    head: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    first: tuple[Line, ...] = ()
    others: tuple[tuple[str, int], ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether there are few answers."""
        return self.n < SMALL


def found_of(question: Question, answers: Sequence[Any]) -> Found:
    """Work out a question."""
    n = len(answers)
    if not n:
        return Found(question, 0)
    match question.kind:
        case kind if kind == NPS:
            return _net(question, answers)
        case kind if kind == CSAT:
            return _satisfaction(question, answers)
        case kind if kind == UNAIDED:
            return _recall(question, answers)
        case kind if kind in (SINGLE, MULTIPLE, AIDED):
            counts = Counter(key for each in answers for key in each)
            return Found(question, n, lines=tuple(share(key, counts[key], n) for key in question.keys))
    return Found(question, n)


def share(key: str, count: int, n: int) -> Line:
    """Return a share with its score interval."""
    low, high = wilson(float(count), float(n))
    return Line(key, count, count / n, low, high)


def _net(question: Question, answers: Sequence[int]) -> Found:
    net, n = recommended(answers), len(answers)
    counts = Counter(answers)
    parts = ((PROMOTERS, net.promoters), (PASSIVES, net.passives), (DETRACTORS, net.detractors))
    return Found(
        question,
        n,
        head=(
            Line(NET, n, net.score, net.low, net.high),
            *(share(key, count, n) for key, count in parts),
        ),
        lines=tuple(share(key, counts[int(key)], n) for key in question.keys),
    )


def _satisfaction(question: Question, answers: Sequence[int]) -> Found:
    n, counts = len(answers), Counter(answers)
    satisfied = sum(answer >= SATISFIED for answer in answers)
    bounds = student_bounds(answers) or (None, None)
    return Found(
        question,
        n,
        head=(share(TOP, satisfied, n), Line(MEAN, n, fmean(answers), *bounds)),
        lines=tuple(share(key, counts[int(key)], n) for key in question.keys),
    )


def _recall(question: Question, answers: Sequence[str]) -> Found:
    n, said = len(answers), recalled(answers, question.brands)
    return Found(
        question,
        n,
        lines=tuple(share(str(number), count, n) for number, count in enumerate(said.named)),
        first=tuple(share(str(number), count, n) for number, count in enumerate(said.first)),
        others=tuple(said.others),
    )
